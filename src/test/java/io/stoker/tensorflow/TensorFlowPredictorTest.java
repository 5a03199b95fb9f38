package io.stoker.tensorflow;

import static io.stoker.tensorflow.Models.FLOAT;
import static io.stoker.tensorflow.Models.INT32;
import static io.stoker.tensorflow.Models.INT64;
import static io.stoker.tensorflow.Models.UINT8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoker.model.DataType;
import io.stoker.model.ModelException;
import io.stoker.model.PredictException;
import io.stoker.model.Predictor.BatchBuffer;
import io.stoker.region.RegionOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
final class TensorFlowPredictorTest {
  private static final DeviceOptions CPU = DeviceOptions.cpu(1);

  private NativeCounters.Open before = NativeCounters.open();

  @BeforeEach
  void count() {
    before = NativeCounters.open();
  }

  @AfterEach
  void everythingIsFreed() {
    assertThat(NativeCounters.open()).isEqualTo(before);
  }

  /** Fills slot {@code i} with {@code 10 * i + channel}. */
  private static void fill(BatchBuffer buffer) {
    for (int i = 0; i < buffer.capacity(); i++) {
      ByteBuffer slot = buffer.slot(i);
      while (slot.hasRemaining()) {
        slot.put((byte) (10 * i + slot.position() % 3));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 5}) // slots of 192 and of 75 bytes: the second leaves most misaligned
  void eachSlotHasItsOwnAnswer(int size) throws Exception {
    var model = Models.model(Models.mean(-1, size, size), 0, size, size, "mean");
    try (var predictor = TensorFlowPredictor.open(model, CPU);
        var buffer = predictor.allocate(6)) {
      assertThat(predictor.device()).isEqualTo("CPU");
      assertThat(predictor.slotBytes()).isEqualTo(size * size * 3);
      assertThat(predictor.fixedBatch()).isZero();
      fill(buffer);
      var released = new AtomicInteger();
      for (int first = 0; first < 6; first++) {
        for (int count = 1; first + count <= 6; count++) {
          released.set(0);
          var results = predictor.run(buffer, first, count, released::incrementAndGet);
          assertThat(released).hasValue(1);
          assertThat(results).hasSize(count);
          for (int i = 0; i < count; i++) {
            float slot = 10 * (first + i);
            assertThat(results.get(i)).hasSize(1);
            RegionOutput output = results.get(i).get(0);
            assertThat(output.shape()).containsExactly(3);
            assertThat((float[]) output.values()).containsExactly(slot, slot + 1, slot + 2);
          }
        }
      }
    }
  }

  @Test
  void buffersAreZeroedAndBecomeTensorsInPlace() {
    try (var buffer = new BatchMemory(4, 75)) {
      for (int i = 0; i < 4; i++) {
        ByteBuffer slot = buffer.slot(i);
        assertThat(slot.capacity()).isEqualTo(75);
        while (slot.hasRemaining()) {
          assertThat(slot.get()).isZero();
        }
      }
      long[] shape = {4, 5, 5, 3};
      var released = new AtomicInteger();
      try (var tensor = buffer.tensor(DataType.UINT8, shape, 0, released::incrementAndGet)) {
        assertThat(tensor.address()).isEqualTo(buffer.address());
        assertThat(tensor.address() % 64).isZero();
        assertThat(released).hasValue(0);
      }
      assertThat(released).hasValue(1);
    }
  }

  /** Whoever reuses the buffer at its release must not change the answers. */
  @Test
  void aModelThatReturnsItsInputKeepsTheBufferUntilItsAnswersAreCopied() throws Exception {
    var graph = Models.head(-1, 8, 8).node("Identity", "same", List.of("in"), "T", UINT8);
    try (var predictor = TensorFlowPredictor.open(Models.model(graph, 0, 8, 8, "same"), CPU);
        var buffer = predictor.allocate(4)) {
      fill(buffer);
      Runnable overwrite =
          () -> {
            for (int i = 0; i < 4; i++) {
              buffer.slot(i).put(new byte[192]);
            }
          };
      var results = predictor.run(buffer, 0, 4, overwrite);
      assertThat(buffer.slot(1).get(0)).isZero();
      for (int i = 0; i < 4; i++) {
        RegionOutput output = results.get(i).get(0);
        assertThat(output.shape()).containsExactly(8, 8, 3);
        assertThat((byte[]) output.values()).startsWith(10 * i, 10 * i + 1, 10 * i + 2);
      }
    }
  }

  /** The reason for the rule above: the fetched tensor is our memory. */
  @Test
  void aFetchedInputIsReleasedWithTheFetch() throws Exception {
    var graph = Models.head(-1, 8, 8).node("Identity", "same", List.of("in"), "T", UINT8);
    var released = new AtomicInteger();
    try (var native_ = NativeGraph.of(graph.bytes());
        var session = NativeSession.open(native_, SessionConfig.model(CPU));
        var runner = session.runner(List.of("in"), List.of("same"), List.of());
        var buffer = new BatchMemory(2, 192)) {
      var feed =
          buffer.tensor(DataType.UINT8, new long[] {2, 8, 8, 3}, 0, released::incrementAndGet);
      var same = runner.run(feed).get(0);
      feed.close();
      assertThat(same.address()).isEqualTo(buffer.address());
      assertThat(released).hasValue(0);
      same.close();
      assertThat(released).hasValue(1);
    }
  }

  @Test
  void aBufferClosedInItsOwnReleaseIsFreedOnce() throws Exception {
    var model = Models.model(Models.mean(-1, 8, 8), 0, 8, 8, "mean");
    try (var predictor = TensorFlowPredictor.open(model, CPU)) {
      var buffer = predictor.allocate(2);
      predictor.run(buffer, 0, 2, buffer::close);
      assertThatThrownBy(() -> predictor.run(buffer, 0, 2, () -> {}))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  /** Takes element {@code max(slot)} of four, so that a slot with a 4 or more fails the batch. */
  private static Graphs gathering() {
    return Models.head(-1, 4, 4)
        .ints("axes", 1, 2, 3)
        .node("Max", "max", List.of("x", "axes"), "T", FLOAT, "Tidx", INT32, "keep_dims", false)
        .node("Cast", "index", List.of("max"), "SrcT", FLOAT, "DstT", INT32)
        .floats("table", new long[] {4}, 0.5f, 1.5f, 2.5f, 3.5f)
        .ints("axis0", 0)
        .node("Squeeze", "axis", List.of("axis0"), "T", INT32)
        .node(
            "GatherV2",
            "gathered",
            List.of("table", "index", "axis"),
            "Tparams",
            FLOAT,
            "Tindices",
            INT32,
            "Taxis",
            INT32);
  }

  @Test
  void aRunThatTheModelRefusesReleasesOnceAndNamesTheOp() throws Exception {
    var model = Models.model(gathering(), 0, 4, 4, "gathered");
    try (var predictor = TensorFlowPredictor.open(model, CPU);
        var buffer = predictor.allocate(2)) {
      buffer.slot(1).put(7, (byte) 3);
      var good = predictor.run(buffer, 0, 2, () -> {});
      assertThat((float[]) good.get(1).get(0).values()).containsExactly(3.5f);
      assertThat(good.get(1).get(0).shape()).isEmpty();

      buffer.slot(1).put(7, (byte) 4);
      var released = new AtomicInteger();
      assertThatThrownBy(() -> predictor.run(buffer, 0, 2, released::incrementAndGet))
          .isInstanceOfSatisfying(
              PredictException.class,
              e -> assertThat(e.kind()).isEqualTo(PredictException.Kind.MODEL))
          .hasMessageContaining("gathered")
          .hasMessageContaining("INVALID_ARGUMENT");
      assertThat(released).hasValue(1);

      buffer.slot(1).put(7, (byte) 1);
      assertThat((float[]) predictor.run(buffer, 1, 1, () -> {}).get(0).get(0).values())
          .containsExactly(1.5f);
    }
  }

  @Test
  void wrongCallsReleaseOnceToo() throws Exception {
    var model = Models.model(Models.mean(4, 8, 8), 4, 8, 8, "mean");
    try (var predictor = TensorFlowPredictor.open(model, CPU);
        var buffer = predictor.allocate(4);
        var foreign = new ForeignBuffer()) {
      assertThat(predictor.fixedBatch()).isEqualTo(4);
      var released = new AtomicInteger();
      assertThatThrownBy(() -> predictor.run(buffer, 0, 3, released::incrementAndGet))
          .hasMessage("3 slots for a model that takes batches of 4");
      assertThatThrownBy(() -> predictor.run(buffer, 1, 4, released::incrementAndGet))
          .hasMessage("4 slots from 1 on, of a buffer of 4");
      assertThatThrownBy(() -> predictor.run(foreign, 0, 4, released::incrementAndGet))
          .hasMessageContaining("not one of this predictor's");
      assertThat(released).hasValue(3);
      assertThat(predictor.run(buffer, 0, 4, released::incrementAndGet)).hasSize(4);
    }
  }

  private static final class ForeignBuffer implements BatchBuffer {
    @Override
    public int capacity() {
      return 4;
    }

    @Override
    public ByteBuffer slot(int index) {
      return ByteBuffer.allocate(192);
    }

    @Override
    public void close() {}
  }

  /**
   * A vector of length max(batch) × 2^40 is made on the way; zeros make one of length 1. Slow since
   * TensorFlow's allocator waits ten seconds for somebody else to free something.
   */
  @Test
  @Tag("slow")
  void lackOfMemoryIsToldFromTheModelsErrors() throws Exception {
    var graph =
        Models.mean(-1, 4, 4)
            .ints("all", 0, 1, 2, 3)
            .node("Max", "max", List.of("x", "all"), "T", FLOAT, "Tidx", INT32, "keep_dims", false)
            .floats("scale", new long[] {1}, 1L << 40)
            .floats("one", new long[] {1}, 1)
            .node("Mul", "scaled", List.of("max", "scale"), "T", FLOAT)
            .node("Add", "size", List.of("scaled", "one"), "T", FLOAT)
            .node("Cast", "dims", List.of("size"), "SrcT", FLOAT, "DstT", INT64)
            .node("Fill", "huge", List.of("dims", "max"), "T", FLOAT, "index_type", INT64)
            .ints("axis", 0)
            .node("Sum", "sum", List.of("huge", "axis"), "T", FLOAT, "Tidx", INT32)
            .node("Add", "y", List.of("mean", "sum"), "T", FLOAT);
    try (var predictor = TensorFlowPredictor.open(Models.model(graph, 0, 4, 4, "y"), CPU);
        var buffer = predictor.allocate(1)) {
      fill(buffer);
      var released = new AtomicInteger();
      assertThatThrownBy(() -> predictor.run(buffer, 0, 1, released::incrementAndGet))
          .isInstanceOfSatisfying(
              PredictException.class,
              e -> assertThat(e.kind()).isEqualTo(PredictException.Kind.OUT_OF_MEMORY))
          .hasMessageContaining("OOM when allocating tensor");
      assertThat(released).hasValue(1);
    }
  }

  /** Batches of three and more make a vector of length 2^40. */
  @Test
  @Tag("slow")
  void theWarmUpHalvesItsBatchUntilTheDeviceHasMemory() throws Exception {
    var graph =
        Models.mean(-1, 4, 4)
            .ints("all", 0, 1, 2, 3)
            .node("OnesLike", "ones", List.of("x"), "T", FLOAT)
            .node("Sum", "values", List.of("ones", "all"), "T", FLOAT, "Tidx", INT32)
            .floats("three", new long[] {1}, 3 * 4 * 4 * 3)
            .node("Div", "threes", List.of("values", "three"), "T", FLOAT)
            .node("Floor", "whole", List.of("threes"), "T", FLOAT)
            .floats("scale", new long[] {1}, 1L << 40)
            .floats("one", new long[] {1}, 1)
            .node("Mul", "scaled", List.of("whole", "scale"), "T", FLOAT)
            .node("Add", "size", List.of("scaled", "one"), "T", FLOAT)
            .node("Cast", "dims", List.of("size"), "SrcT", FLOAT, "DstT", INT64)
            .floats("zero", new long[] {}, 0)
            .node("Fill", "huge", List.of("dims", "zero"), "T", FLOAT, "index_type", INT64)
            .ints("axis", 0)
            .node("Sum", "sum", List.of("huge", "axis"), "T", FLOAT, "Tidx", INT32)
            .node("Add", "y", List.of("mean", "sum"), "T", FLOAT);
    var model = Models.model(graph, 0, 4, 4, "y");
    try (var predictor = TensorFlowPredictor.open(model, CPU, 4)) {
      assertThat(predictor.warmUpHalvings()).isEqualTo(1);
      assertThat(predictor.warmUpSlots()).isEqualTo(2);
      assertThat(predictor.fixedBatch()).isZero();
    }
    try (var predictor = TensorFlowPredictor.open(model, CPU.withXla(true), 4);
        var buffer = predictor.allocate(2)) {
      assertThat(predictor.fixedBatch()).isEqualTo(4 >> predictor.warmUpHalvings());
      assertThat(predictor.takesFewer()).isTrue();
      assertThat(predictor.run(buffer, 0, 1, () -> {})).hasSize(1);
    }
  }

  @Test
  void everyNumericTypeComesBack() throws Exception {
    var types =
        List.of(
            DataType.FLOAT64,
            DataType.INT32,
            DataType.INT64,
            DataType.INT16,
            DataType.INT8,
            DataType.UINT8,
            DataType.UINT16,
            DataType.UINT32,
            DataType.UINT64,
            DataType.BOOL);
    var graph = Models.mean(-1, 4, 4).floats("scale", new long[] {}, 200);
    graph.node("Mul", "scaled", List.of("mean", "scale"), "T", FLOAT);
    for (DataType type : types) {
      var proto = org.tensorflow.proto.DataType.forNumber(type.number());
      String from = type.bytes() == 1 ? "mean" : "scaled";
      graph.node("Cast", type.label(), List.of(from), "SrcT", FLOAT, "DstT", proto);
    }
    var fetches = types.stream().map(DataType::label).toArray(String[]::new);
    try (var predictor = TensorFlowPredictor.open(Models.model(graph, 0, 4, 4, fetches), CPU);
        var buffer = predictor.allocate(21)) {
      fill(buffer);
      var row = predictor.run(buffer, 0, 21, () -> {}).get(20); // means 200, 201, 202
      var values = row.stream().map(RegionOutput::values).toList();
      assertThat((double[]) values.get(0)).containsExactly(40_000, 40_200, 40_400);
      assertThat((int[]) values.get(1)).containsExactly(40_000, 40_200, 40_400);
      assertThat((long[]) values.get(2)).containsExactly(40_000, 40_200, 40_400);
      assertThat((short[]) values.get(3)).hasSize(3);
      assertThat((byte[]) values.get(4)).hasSize(3);
      assertThat((byte[]) values.get(5)).containsExactly(200, 201, 202);
      short[] bits = {(short) 40_000, (short) 40_200, (short) 40_400};
      assertThat((short[]) values.get(6)).isEqualTo(bits);
      assertThat((int[]) values.get(7)).containsExactly(40_000, 40_200, 40_400);
      assertThat((long[]) values.get(8)).containsExactly(40_000, 40_200, 40_400);
      assertThat((boolean[]) values.get(9)).containsExactly(true, true, true);
      assertThat(predictor.outputBytes()).isEqualTo(3 * (8 + 4 + 8 + 2 + 1 + 1 + 2 + 4 + 8 + 1));
    }
  }

  @Test
  void outputsThatNoRowCanHoldAreRefusedAtOnceAndTogether() {
    var graph =
        Models.mean(-1, 4, 4)
            .node("AsString", "text", List.of("mean"), "T", FLOAT)
            .ints("all", 0, 1, 2, 3)
            .ints("rest", 0, 1)
            .node("Mean", "total", List.of("mean", "rest"), "T", FLOAT, "Tidx", INT32)
            .node("Shape", "shape", List.of("mean"), "T", FLOAT, "out_type", INT32);
    var model = Models.model(graph, 0, 4, 4, "text", "total", "shape", "mean");
    assertThatThrownBy(() -> TensorFlowPredictor.open(model, CPU))
        .isInstanceOfSatisfying(
            ModelException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "fetch 'text' is [?, 3] string; rows hold numbers of up to 64 bits and"
                            + " booleans: fetch another tensor",
                        "fetch 'total' is [] float32; a scalar for the whole batch has nothing for"
                            + " each region",
                        "fetch 'shape' is [2] int32; its first dimension must be the batch's, of"
                            + " any size"));
  }

  @Test
  void anOutputWithoutTheBatchIsRefusedWhenItComes() throws Exception {
    var graph =
        Models.mean(-1, 4, 4)
            .ints("flat", -1)
            .node("Reshape", "values", List.of("mean", "flat"), "T", FLOAT, "Tshape", INT32);
    var model = Models.model(graph, 0, 4, 4, "values");
    assertThatThrownBy(() -> TensorFlowPredictor.open(model, CPU, 2))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "the model does not run on a batch of 2 blank regions: fetch 'values' came back as [6]"
                + " float32 for a batch of 2: its first dimension must be the batch's; fetch"
                + " another tensor");
  }

  @Test
  void aFeedThatIsNotTheHeadsIsRefused() {
    var model = Models.model(Models.mean(-1, 4, 5), 0, 4, 4, "mean");
    assertThatThrownBy(() -> TensorFlowPredictor.open(model, CPU))
        .hasMessage("the head's feed 'in' is [?, 4, 5, 3] uint8, expected [?, 4, 4, 3] uint8");
  }

  @Test
  void aGraphThatTensorFlowRefusesIsRefused() {
    var graph = Models.head(-1, 4, 4).node("NoSuchOp", "y", List.of("x"));
    assertThatThrownBy(() -> TensorFlowPredictor.open(Models.model(graph, 0, 4, 4, "y"), CPU))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("NoSuchOp");
  }

  @ParameterizedTest
  @EnumSource(
      value = DeviceOptions.Device.class,
      names = {"AUTO", "GPU"})
  void withoutAGpuOnlyAutoRunsOnTheCpu(DeviceOptions.Device device) throws Exception {
    var model = Models.model(Models.mean(-1, 4, 4), 0, 4, 4, "mean");
    var options = new DeviceOptions(device, 1, 0.5, "", false);
    if (device == DeviceOptions.Device.AUTO) {
      try (var predictor = TensorFlowPredictor.open(model, options)) {
        assertThat(predictor.device()).isEqualTo("CPU");
      }
    } else {
      assertThatThrownBy(() -> TensorFlowPredictor.open(model, options))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("--device cpu");
    }
  }

  /** A 3x3 convolution, its bias, a pooling: ops that the CPU has for NHWC only. */
  private static Graphs convolution(boolean channelsFirst) {
    String format = channelsFirst ? "NCHW" : "NHWC";
    var random = new Random(7);
    float[] kernel = new float[3 * 3 * 3 * 4];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = (float) random.nextGaussian();
    }
    int[] window = channelsFirst ? new int[] {1, 1, 2, 2} : new int[] {1, 2, 2, 1};
    var graph = Models.head(-1, 16, 16);
    String input = "x";
    if (channelsFirst) {
      graph.ints("first", 0, 3, 1, 2);
      graph.node("Transpose", "nchw", List.of("x", "first"), "T", FLOAT, "Tperm", INT32);
      input = "nchw";
    }
    graph
        .floats("kernel", new long[] {3, 3, 3, 4}, kernel)
        .floats("bias", new long[] {4}, 1, 2, 3, 4)
        .node(
            "Conv2D",
            "conv",
            List.of(input, "kernel"),
            "T",
            FLOAT,
            "strides",
            new int[] {1, 1, 1, 1},
            "padding",
            "SAME",
            "data_format",
            format)
        .node("BiasAdd", "biased", List.of("conv", "bias"), "T", FLOAT, "data_format", format)
        .node("Relu", "relu", List.of("biased"), "T", FLOAT)
        .node(
            "MaxPool",
            "pool",
            List.of("relu"),
            "T",
            FLOAT,
            "ksize",
            window,
            "strides",
            window,
            "padding",
            "VALID",
            "data_format",
            format);
    String output = "pool";
    if (channelsFirst) {
      graph.ints("last", 0, 2, 3, 1);
      graph.node("Transpose", "nhwc", List.of("pool", "last"), "T", FLOAT, "Tperm", INT32);
      output = "nhwc";
    }
    return graph.node("Identity", "y", List.of(output), "T", FLOAT);
  }

  @Test
  void modelsWithChannelsFirstRunOnTheCpu() throws Exception {
    var outputs = new ArrayList<float[]>();
    for (boolean channelsFirst : new boolean[] {false, true}) {
      var model = Models.model(convolution(channelsFirst), 0, 16, 16, "y");
      try (var predictor = TensorFlowPredictor.open(model, CPU);
          var buffer = predictor.allocate(3)) {
        byte[] pixels = new byte[16 * 16 * 3];
        var random = new Random(11);
        for (int i = 0; i < 3; i++) {
          random.nextBytes(pixels);
          buffer.slot(i).put(pixels);
        }
        var output = predictor.run(buffer, 0, 3, () -> {}).get(2).get(0);
        assertThat(output.shape()).containsExactly(8, 8, 4);
        outputs.add((float[]) output.values());
      }
    }
    assertThat(outputs.get(1)).isEqualTo(outputs.get(0));
  }

  @Test
  void aGraphDeeperThanAnyStackOpens() throws Exception {
    var graph = Models.mean(-1, 4, 4);
    String last = "mean";
    for (int i = 0; i < 10_000; i++) {
      graph.node("Abs", "abs" + i, List.of(last), "T", FLOAT);
      last = "abs" + i;
    }
    try (var predictor = TensorFlowPredictor.open(Models.model(graph, 0, 4, 4, last), CPU);
        var buffer = predictor.allocate(1)) {
      fill(buffer);
      assertThat((float[]) predictor.run(buffer, 0, 1, () -> {}).get(0).get(0).values())
          .containsExactly(0, 1, 2);
    }
  }

  @Test
  void thousandsOfRunsByManyThreadsKeepTheirAnswersApartAndLeaveNothing() throws Exception {
    int threads = 8;
    int runs = 500;
    var model = Models.model(Models.mean(-1, 5, 5), 0, 5, 5, "mean");
    var released = new AtomicInteger();
    try (var predictor = TensorFlowPredictor.open(model, CPU)) {
      var pool = Executors.newFixedThreadPool(threads);
      var jobs = new ArrayList<Future<?>>();
      for (int thread = 0; thread < threads; thread++) {
        long seed = thread;
        jobs.add(
            pool.submit(
                () -> {
                  var random = new Random(seed);
                  try (var buffer = predictor.allocate(7)) {
                    for (int run = 0; run < runs; run++) {
                      int count = 1 + random.nextInt(7);
                      float[] values = new float[count];
                      for (int i = 0; i < count; i++) {
                        values[i] = random.nextInt(256);
                        byte[] pixels = new byte[75];
                        java.util.Arrays.fill(pixels, (byte) values[i]);
                        buffer.slot(i).put(pixels);
                      }
                      var results = predictor.run(buffer, 0, count, released::incrementAndGet);
                      for (int i = 0; i < count; i++) {
                        assertThat((float[]) results.get(i).get(0).values())
                            .containsExactly(values[i], values[i], values[i]);
                      }
                    }
                  }
                  return null;
                }));
      }
      pool.shutdown();
      for (var job : jobs) {
        job.get();
      }
      assertThat(NativeCounters.open().runners() - before.runners()).isLessThanOrEqualTo(threads);
    }
    assertThat(released).hasValue(threads * runs);
  }

  /** Products of big matrices: a run takes long enough to be caught in flight. */
  private static Graphs slow() {
    var graph =
        Models.mean(-1, 4, 4)
            .ints("all", 0, 1, 2, 3)
            .ints("shape", 1200, 1200)
            .node("Mean", "scalar", List.of("x", "all"), "T", FLOAT, "Tidx", INT32)
            .node("Fill", "matrix0", List.of("shape", "scalar"), "T", FLOAT, "index_type", INT32);
    for (int i = 0; i < 40; i++) {
      graph.node("MatMul", "matrix" + (i + 1), List.of("matrix" + i, "matrix0"), "T", FLOAT);
    }
    return graph
        .ints("both", 0, 1)
        .node("Sum", "sum", List.of("matrix40", "both"), "T", FLOAT, "Tidx", INT32)
        .node("Add", "y", List.of("mean", "sum"), "T", FLOAT);
  }

  @Test
  void closingWhileARunIsInFlightFreesEverythingWhenItReturns() throws Exception {
    var released = new AtomicInteger();
    try (var predictor = TensorFlowPredictor.open(Models.model(slow(), 0, 4, 4, "y"), CPU)) {
      var buffer = predictor.allocate(1);
      var run = new FutureTask<>(() -> predictor.run(buffer, 0, 1, released::incrementAndGet));
      var thread = new Thread(run);
      thread.start();
      await().until(() -> predictor.running() == 1 || run.isDone());
      predictor.close();
      buffer.close();
      thread.join();
      // It was cancelled, or it was done already.
      try {
        assertThat(run.get()).hasSize(1);
      } catch (java.util.concurrent.ExecutionException e) {
        assertThat(e.getCause())
            .isInstanceOfSatisfying(
                PredictException.class,
                broken -> assertThat(broken.kind()).isEqualTo(PredictException.Kind.BROKEN));
      }
      assertThat(released).hasValue(1);
      try (var late = predictor.allocate(1)) {
        assertThatThrownBy(() -> predictor.run(late, 0, 1, released::incrementAndGet))
            .isInstanceOfSatisfying(
                PredictException.class,
                e -> assertThat(e.kind()).isEqualTo(PredictException.Kind.BROKEN));
      }
      assertThat(released).hasValue(2);
    }
  }
}
