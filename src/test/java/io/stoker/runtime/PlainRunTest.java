package io.stoker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.example.ExampleModel;
import io.stoker.example.Scene;
import io.stoker.image.ImageDecoder;
import io.stoker.model.Normalization;
import io.stoker.model.Predictor;
import io.stoker.model.SplicedModel;
import io.stoker.pipeline.BoxOutside;
import io.stoker.pipeline.Filling;
import io.stoker.pipeline.KnobRange;
import io.stoker.pipeline.Pipeline;
import io.stoker.pipeline.PipelineOptions;
import io.stoker.pipeline.PipelineTask;
import io.stoker.region.Box;
import io.stoker.region.Region;
import io.stoker.region.RegionOutput;
import io.stoker.region.RegionResult;
import io.stoker.storage.HadoopStorage;
import io.stoker.tensorflow.DeviceOptions;
import io.stoker.tensorflow.OpenNatives;
import io.stoker.tensorflow.TensorFlowDecoder;
import io.stoker.tensorflow.TensorFlowPredictor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.RawTensor;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * The same pipeline over the same files, once with our predictor and once with TensorFlow's own
 * Java API, each batch copied into a new tensor: the answers must be the same, bit for bit.
 */
@Timeout(120)
final class PlainRunTest {
  private static final long SEED = 4_711;
  private static final int REGIONS = 53; // 6 batches of 8 and a part of one
  private static final int BATCH = 8;
  private static final long MEMORY = 256L << 20;

  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @ValueSource(booleans = {true, false}) // bytes that the head resizes; floats that workers resize
  void answersAreThoseOfAPlainRunOverTheSameBatches(boolean oneSize) throws Exception {
    var regions = new ArrayList<Region>();
    PreparedJob job = job(oneSize, regions);
    List<List<Float>> ours;
    try (var predictor = TensorFlowPredictor.open(job.model(), DeviceOptions.cpu(1), BATCH)) {
      ours = predict(job, predictor, regions);
    }
    List<List<Float>> plain;
    try (var predictor = new PlainPredictor(job.model())) {
      plain = predict(job, predictor, regions);
      assertThat(predictor.runs).isEqualTo((REGIONS + BATCH - 1) / BATCH);
    }
    // Float.equals compares bits.
    assertThat(ours).isEqualTo(plain).hasSize(REGIONS);
    assertThat(ours.stream().distinct().count()).isGreaterThan(REGIONS / 2);
  }

  /** XLA compiles for whole batches, so the last one, a part, is padded. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void answersWithXlaAreThoseOfAPlainRunWithinRounding(boolean oneSize) throws Exception {
    var regions = new ArrayList<Region>();
    PreparedJob job = job(oneSize, regions);
    List<List<Float>> compiled;
    var options = DeviceOptions.cpu(1).withXla(true);
    try (var predictor = TensorFlowPredictor.open(job.model(), options, BATCH)) {
      compiled = predict(job, predictor, regions);
    }
    List<List<Float>> plain;
    try (var predictor = new PlainPredictor(job.model())) {
      plain = predict(job, predictor, regions);
    }
    assertThat(compiled).hasSameSizeAs(plain);
    for (int i = 0; i < REGIONS; i++) {
      for (int k = 0; k < plain.get(i).size(); k++) {
        assertThat(compiled.get(i).get(k)).isCloseTo(plain.get(i).get(k), Offset.offset(1e-5f));
      }
    }
  }

  private PreparedJob job(boolean oneSize, List<Region> regions) throws Exception {
    System.out.println("PlainRunTest seed " + SEED);
    var random = new Random(SEED);
    Path image = folder.resolve("scene.png");
    ImageIO.write(Scene.draw(SEED, 700, 500).image(), "png", image.toFile());
    for (int i = 0; i < REGIONS; i++) {
      int side = oneSize ? 96 : 40 + random.nextInt(100);
      var box = new Box(random.nextInt(700 - side), random.nextInt(500 - side), side, side);
      regions.add(new Region(i, image.toUri().toString(), 0, box));
    }
    PredictSpec spec =
        PredictSpec.model(ExampleModel.write(folder).graph().toString())
            .normalize(Normalization.MINUS_ONE_ONE)
            .build();
    PreparedJob job =
        Preparation.check(spec, 2, Map.of())
            .prepare(new RegionShapes(REGIONS, oneSize ? new Size(96, 96) : null));
    assertThat(job.filling())
        .isEqualTo(oneSize ? PreparedJob.Filling.COPY : PreparedJob.Filling.RESIZE);
    return job;
  }

  /** Real tensors, real pixels: whatever is under way when everything is closed is freed. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 30, 52})
  void closingAfterAnyNumberOfAnswersFreesAllNatives(int taken) throws Exception {
    Path image = folder.resolve("scene.png");
    ImageIO.write(Scene.draw(SEED, 700, 500).image(), "png", image.toFile());
    var regions = new ArrayList<Region>();
    for (int i = 0; i < REGIONS; i++) {
      regions.add(new Region(i, image.toUri().toString(), 0, new Box(i, i, 96, 96)));
    }
    Object before = OpenNatives.now();
    PredictSpec spec = PredictSpec.model(ExampleModel.write(folder).graph().toString()).build();
    PreparedJob job =
        Preparation.check(spec, 2, Map.of()).prepare(new RegionShapes(REGIONS, new Size(96, 96)));
    try (ImageDecoder decoder = TensorFlowDecoder.open();
        var predictor = TensorFlowPredictor.open(job.model(), DeviceOptions.cpu(1), BATCH);
        Pipeline pipeline =
            Pipeline.start(
                options(),
                predictor,
                List.of(decoder),
                new HadoopStorage(Map.of()),
                new Filling.Copy(job.slot()));
        PipelineTask task = pipeline.open(regions.iterator(), true)) {
      for (int i = 0; i < taken; i++) {
        assertThat(task.next()).isInstanceOf(RegionResult.Ok.class);
      }
    }
    assertThat(OpenNatives.now()).isEqualTo(before);
  }

  /** One decode thread and one task, so that batches are filled alike each time. */
  private static List<List<Float>> predict(
      PreparedJob job, Predictor predictor, List<Region> regions) {
    PipelineOptions options = options();
    Filling filling =
        job.filling() == PreparedJob.Filling.COPY
            ? new Filling.Copy(job.slot())
            : new Filling.Resize(job.slot());
    var answers = new ArrayList<List<Float>>();
    try (ImageDecoder decoder = TensorFlowDecoder.open();
        Pipeline pipeline =
            Pipeline.start(
                options, predictor, List.of(decoder), new HadoopStorage(Map.of()), filling);
        PipelineTask task = pipeline.open(regions.iterator(), true)) {
      while (task.hasNext()) {
        RegionResult result = task.next();
        assertThat(result).isInstanceOf(RegionResult.Ok.class);
        var values = new ArrayList<Float>();
        for (float value : (float[]) ((RegionResult.Ok) result).outputs().get(0).values()) {
          values.add(value);
        }
        answers.add(values);
      }
    }
    return answers;
  }

  private static PipelineOptions options() {
    return new PipelineOptions(
        BATCH,
        KnobRange.fixed(1, 1),
        1,
        MEMORY,
        1,
        BoxOutside.FAIL,
        PipelineOptions.DEFAULT_MAX_PIXELS,
        PipelineOptions.DEFAULT_DECODE_TIMEOUT,
        1024,
        List.of());
  }

  /** As anybody would write it. */
  private static final class PlainPredictor implements Predictor {
    private final SplicedModel model;
    private final Graph graph = new Graph();
    private final Session session;
    private int runs;

    PlainPredictor(SplicedModel model) throws Exception {
      this.model = model;
      graph.importGraphDef(GraphDef.parseFrom(model.graph()));
      session = new Session(graph);
    }

    @Override
    public String device() {
      return "CPU";
    }

    @Override
    public int slotBytes() {
      return Math.toIntExact(model.head().slotBytes());
    }

    @Override
    public int fixedBatch() {
      return model.fixedBatch();
    }

    @Override
    public BatchBuffer allocate(int slots) {
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(slots * slotBytes()).order(java.nio.ByteOrder.nativeOrder());
      int slotBytes = slotBytes();
      return new BatchBuffer() {
        @Override
        public int capacity() {
          return slots;
        }

        @Override
        public ByteBuffer slot(int index) {
          return bytes.slice(index * slotBytes, slotBytes).order(bytes.order());
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public List<List<RegionOutput>> run(
        BatchBuffer buffer, int first, int count, Runnable released) {
      runs++;
      var batch = new byte[count * slotBytes()];
      for (int i = 0; i < count; i++) {
        buffer.slot(first + i).get(batch, i * slotBytes(), slotBytes());
      }
      released.run();
      var head = model.head();
      Shape shape = Shape.of(count, head.slotHeight(), head.slotWidth(), head.slotChannels());
      boolean bytes = head.slotType() == io.stoker.model.DataType.UINT8;
      try (Tensor input =
              bytes
                  ? Tensor.of(TUint8.class, shape, t -> write(t, batch))
                  : Tensor.of(TFloat32.class, shape, t -> write(t, batch));
          Result result =
              session
                  .runner()
                  .feed(model.feed(), input)
                  .fetch(model.outputs().get(0).tensor())
                  .run()) {
        RawTensor output = result.get(0).asRawTensor();
        int size = Math.toIntExact(output.shape().size() / count);
        var all = new float[count * size];
        output.data().asFloats().read(all);
        var answers = new ArrayList<List<RegionOutput>>();
        for (int i = 0; i < count; i++) {
          float[] own = java.util.Arrays.copyOfRange(all, i * size, (i + 1) * size);
          answers.add(List.of(new RegionOutput(new int[] {size}, own)));
        }
        return answers;
      }
    }

    private static void write(Tensor tensor, byte[] bytes) {
      tensor.asRawTensor().data().write(bytes);
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }
}
