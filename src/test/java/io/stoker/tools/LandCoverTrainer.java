package io.stoker.tools;

import io.stoker.example.ExampleData;
import io.stoker.example.ExampleModel;
import io.stoker.example.LandCover;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** Trains the network by Adam in a graph of its own, then freezes it. Not thread-safe. */
final class LandCoverTrainer implements AutoCloseable {
  private static final int BATCH = 64;
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;

  private final Random random;
  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Map<String, Variable<TFloat32>> weights = new LinkedHashMap<>();
  private final List<Op> initializers = new ArrayList<>();
  private final List<Op> updates = new ArrayList<>();
  private final LandCoverHead head = LandCoverHead.build(tf);
  private final Placeholder<TFloat32> shares = tf.placeholder(TFloat32.class);
  private final Placeholder<TFloat32> rate = tf.placeholder(TFloat32.class);
  private final Placeholder<TFloat32> power1 = tf.placeholder(TFloat32.class);
  private final Placeholder<TFloat32> power2 = tf.placeholder(TFloat32.class);
  private final Operand<TFloat32> loss;
  private final Session session;

  LandCoverTrainer(long seed) {
    random = new Random(seed);
    var outputs = LandCoverNetwork.build(tf, head.image(), this::variable);
    loss =
        tf.math.mean(
            tf.nn.softmaxCrossEntropyWithLogits(outputs.logits(), shares).loss(),
            tf.constant(new int[] {0}));
    var gradients = tf.gradients(loss, weights.values());
    // No weight changes before the last gradient was computed from all of them.
    Ops afterwards = tf.withControlDependencies(List.copyOf(gradients.dy()));
    int i = 0;
    for (var weight : weights.values()) {
      updates.add(adam(afterwards, weight, gradients.dy(i++)));
    }
    session = new Session(graph);
    var runner = session.runner();
    initializers.forEach(runner::addTarget);
    runner.run().close();
  }

  private Operand<TFloat32> variable(String name, long... shape) {
    var variable = tf.variable(Shape.of(shape), TFloat32.class);
    initializers.add(tf.assign(variable, tf.constant(initial(shape))));
    weights.put(name, variable);
    return variable;
  }

  /** He's initialisation: normal, variance 2 / inputs; biases start at 0. */
  private TFloat32 initial(long... shape) {
    boolean bias = shape.length == 1;
    long inputs = Shape.of(shape).size() / shape[shape.length - 1];
    double deviation = bias ? 0 : Math.sqrt(2.0 / inputs);
    // Every scalar is set: a tensor's memory comes as it is.
    return TFloat32.tensorOf(
        Shape.of(shape),
        data ->
            data.scalars()
                .forEach(scalar -> scalar.setFloat((float) (deviation * random.nextGaussian()))));
  }

  private Op adam(Ops afterwards, Variable<TFloat32> weight, Operand<TFloat32> gradient) {
    Shape shape = weight.shape();
    var zeros = tf.zeros(tf.constant(shape.asArray()), TFloat32.class);
    var first = tf.variable(shape, TFloat32.class);
    var second = tf.variable(shape, TFloat32.class);
    initializers.add(tf.assign(first, zeros));
    initializers.add(tf.assign(second, zeros));
    return afterwards.train.applyAdam(
        weight,
        first,
        second,
        power1,
        power2,
        rate,
        tf.constant(BETA1),
        tf.constant(BETA2),
        tf.constant(1e-7f),
        gradient);
  }

  /** Goes through all samples {@code epochs} times; the learning rate falls to zero. */
  void train(LandCoverSamples samples, int epochs, float learningRate) {
    int batches = samples.count() / BATCH;
    int steps = epochs * batches;
    int step = 0;
    for (int epoch = 1; epoch <= epochs; epoch++) {
      int[] order = shuffled(samples.count());
      double sum = 0;
      for (int batch = 0; batch < batches; batch++) {
        float falling = learningRate * (steps - step) / steps;
        sum += step(samples, order, batch * BATCH, falling, ++step);
      }
      if (Double.isNaN(sum)) {
        throw new IllegalStateException("epoch " + epoch + " diverged; lower the learning rate");
      }
      System.out.printf("epoch %d of %d: loss %.4f%n", epoch, epochs, sum / batches);
    }
  }

  private int[] shuffled(int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private float step(
      LandCoverSamples samples, int[] order, int from, float learningRate, int step) {
    int side = ExampleData.BOX_PIXELS;
    byte[] pixels = new byte[BATCH * side * side * 3];
    var wanted = NdArrays.ofFloats(Shape.of(BATCH, LandCover.all().size()));
    for (int i = 0; i < BATCH; i++) {
      int sample = order[from + i];
      samples.copy(sample, random.nextInt(8), pixels, i * side * side * 3);
      wanted.set(NdArrays.vectorOf(samples.shares()[sample]), i);
    }
    try (var regions = TUint8.tensorOf(Shape.of(BATCH, side, side, 3), DataBuffers.of(pixels));
        var share = TFloat32.tensorOf(wanted);
        var rateNow = TFloat32.scalarOf(learningRate);
        var power1Now = TFloat32.scalarOf((float) Math.pow(BETA1, step));
        var power2Now = TFloat32.scalarOf((float) Math.pow(BETA2, step))) {
      var runner =
          session
              .runner()
              .feed(head.regions(), regions)
              .feed(shares, share)
              .feed(rate, rateNow)
              .feed(power1, power1Now)
              .feed(power2, power2Now)
              .fetch(loss);
      updates.forEach(runner::addTarget);
      try (var result = runner.run()) {
        return ((TFloat32) result.get(0)).getFloat();
      }
    }
  }

  /** A graph of its own with the weights of this moment as constants. */
  GraphDef freeze() {
    try (var frozen = new Graph()) {
      Ops ops = Ops.create(frozen);
      int input = ExampleModel.INPUT_PIXELS;
      var image =
          ops.withName("image")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, input, input, 3)));
      var outputs = LandCoverNetwork.build(ops, image, (name, shape) -> constant(ops, name));
      ops.withName("probabilities").nn.softmax(outputs.logits());
      return frozen.toGraphDef();
    }
  }

  private Operand<TFloat32> constant(Ops ops, String name) {
    try (var value = session.runner().fetch(weights.get(name)).run()) {
      return ops.withName(name).constant((TFloat32) value.get(0));
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
