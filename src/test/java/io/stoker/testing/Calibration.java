package io.stoker.testing;

import com.google.protobuf.ByteString;
import io.stoker.example.Scene;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;

/**
 * Makes a network of random weights tell images apart, which it hardly does as it was drawn: its
 * answers are then nearly the same for all images, and comparing them shows nothing.
 *
 * <p>As in training, normalisations get the moments that their inputs have over a few images, and
 * the classes' scores are centred and spread over those.
 */
final class Calibration {
  private static final int SCENES = 4;
  private static final int CROPS = 4;

  /** Of a class's score over images: softmax is then neither flat nor a step. */
  private static final double SCORE_DEVIATION = 2;

  private final int side;
  private final float[] images;

  private Calibration(int side, float[] images) {
    this.side = side;
    this.images = images;
  }

  /** The network with other constants; its input is {@code image [?, side, side, 3]}, 0 to 1. */
  static GraphDef calibrated(GraphDef network, int side, long seed) {
    var calibration = new Calibration(side, images(side, seed));
    return calibration.scores(calibration.moments(network));
  }

  /** Crops of drawn scenes, {@code [16, side, side, 3]}, 0 to 1. */
  static float[] images(int side, long seed) {
    var random = new Random(seed);
    var values = new float[SCENES * CROPS * side * side * 3];
    int next = 0;
    for (int i = 0; i < SCENES; i++) {
      BufferedImage scene = Scene.draw(random.nextLong(), 2 * side, 2 * side).image();
      for (int crop = 0; crop < CROPS; crop++) {
        int left = random.nextInt(side);
        int top = random.nextInt(side);
        for (int y = 0; y < side; y++) {
          for (int x = 0; x < side; x++) {
            int rgb = scene.getRGB(left + x, top + y);
            values[next++] = (rgb >> 16 & 255) / 255f;
            values[next++] = (rgb >> 8 & 255) / 255f;
            values[next++] = (rgb & 255) / 255f;
          }
        }
      }
    }
    return values;
  }

  /** Each fetch's values for all images, in the tensors' order. */
  static List<float[]> run(GraphDef network, int side, float[] images, List<String> fetches) {
    try (var graph = new Graph();
        var input =
            TFloat32.tensorOf(
                Shape.of(images.length / (side * side * 3), side, side, 3),
                DataBuffers.of(images))) {
      graph.importGraphDef(network);
      try (var session = new Session(graph)) {
        Session.Runner runner = session.runner().feed("image", input);
        fetches.forEach(runner::fetch);
        try (Result result = runner.run()) {
          var values = new ArrayList<float[]>();
          for (int i = 0; i < fetches.size(); i++) {
            var tensor = (TFloat32) result.get(i);
            var array = new float[Math.toIntExact(tensor.size())];
            tensor.asRawTensor().data().asFloats().read(array);
            values.add(array);
          }
          return values;
        }
      }
    }
  }

  /** One run as in training gives the moments at every normalisation, each behind the others. */
  private GraphDef moments(GraphDef network) {
    List<NodeDef> norms =
        network.getNodeList().stream().filter(n -> n.getOp().equals("FusedBatchNormV3")).toList();
    var training = new HashMap<String, NodeDef>();
    for (NodeDef norm : norms) {
      AttrValue yes = AttrValue.newBuilder().setB(true).build();
      training.put(norm.getName(), norm.toBuilder().putAttr("is_training", yes).build());
      training.put(norm.getInput(3), constant(norm.getInput(3), new float[0], 0));
      training.put(norm.getInput(4), constant(norm.getInput(4), new float[0], 0));
    }
    var fetches = new ArrayList<String>();
    for (NodeDef norm : norms) {
      fetches.add(norm.getName() + ":1");
      fetches.add(norm.getName() + ":2");
    }
    List<float[]> found = run(with(network, training), side, images, fetches);
    var learned = new HashMap<String, NodeDef>();
    for (int i = 0; i < norms.size(); i++) {
      for (int moment = 0; moment < 2; moment++) {
        String name = norms.get(i).getInput(3 + moment);
        float[] values = found.get(2 * i + moment);
        learned.put(name, constant(name, values, values.length));
      }
    }
    return with(network, learned);
  }

  /** Scores of mean 0 and one deviation over the images. */
  private GraphDef scores(GraphDef network) {
    NodeDef dense = node(network, "dense");
    float[] features = run(network, side, images, List.of(dense.getInput(0))).get(0);
    float[] kernel = floats(node(network, dense.getInput(1)));
    int count = SCENES * CROPS;
    int channels = features.length / count;
    int classes = kernel.length / channels;
    var mean = new double[channels];
    for (int i = 0; i < features.length; i++) {
      mean[i % channels] += features[i] / (double) count;
    }
    double squares = 0;
    for (int image = 0; image < count; image++) {
      for (int to = 0; to < classes; to++) {
        double score = 0;
        for (int from = 0; from < channels; from++) {
          score += (features[image * channels + from] - mean[from]) * kernel[from * classes + to];
        }
        squares += score * score;
      }
    }
    double scale = SCORE_DEVIATION / Math.sqrt(squares / (count * (double) classes));
    var bias = new float[classes];
    for (int to = 0; to < classes; to++) {
      double centre = 0;
      for (int from = 0; from < channels; from++) {
        centre += mean[from] * kernel[from * classes + to];
      }
      bias[to] = (float) (-scale * centre);
    }
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] *= (float) scale;
    }
    String biasName = "dense/bias";
    return with(
        network,
        Map.of(
            dense.getInput(1),
            constant(dense.getInput(1), kernel, channels, classes),
            biasName,
            constant(biasName, bias, classes)));
  }

  private static GraphDef with(GraphDef network, Map<String, NodeDef> changed) {
    GraphDef.Builder copy = network.toBuilder().clearNode();
    for (NodeDef node : network.getNodeList()) {
      copy.addNode(changed.getOrDefault(node.getName(), node));
    }
    return copy.build();
  }

  private static NodeDef node(GraphDef network, String name) {
    return network.getNodeList().stream()
        .filter(node -> node.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static float[] floats(NodeDef constant) {
    ByteString content = constant.getAttrOrThrow("value").getTensor().getTensorContent();
    var values = new float[content.size() / Float.BYTES];
    content.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  private static NodeDef constant(String name, float[] values, long... shape) {
    var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    var sizes = TensorShapeProto.newBuilder();
    for (long size : shape) {
      sizes.addDimBuilder().setSize(size);
    }
    TensorProto tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_FLOAT)
            .setTensorShape(sizes)
            .setTensorContent(ByteString.copyFrom(bytes.array()))
            .build();
    return NodeDef.newBuilder()
        .setOp("Const")
        .setName(name)
        .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build())
        .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
        .build();
  }
}
