package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.model.Predictor;
import io.stoker.model.SplicedModel;
import io.stoker.region.RegionOutput;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OptimizerOptions.GlobalJitLevel;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TUint8;

@Timeout(120)
final class XlaTest {
  private static final int BATCH = 4;
  private static final DeviceOptions PLAIN = DeviceOptions.cpu(1);
  private static final DeviceOptions XLA = PLAIN.withXla(true);
  private static final SplicedModel MODEL =
      Models.model(Networks.convolution(), 0, Networks.SIDE, Networks.SIDE, "y");

  private final NativeCounters.Open before = NativeCounters.open();

  @AfterEach
  void everythingIsFreed() {
    assertThat(NativeCounters.open()).isEqualTo(before);
  }

  @Test
  void theSessionAsksForItOnlyWithTheFlag() throws Exception {
    assertThat(jit(XLA)).isEqualTo(GlobalJitLevel.ON_2);
    assertThat(jit(PLAIN)).isEqualTo(GlobalJitLevel.DEFAULT);
  }

  private static GlobalJitLevel jit(DeviceOptions options) throws Exception {
    return ConfigProto.parseFrom(SessionConfig.model(options))
        .getGraphOptions()
        .getOptimizerOptions()
        .getGlobalJitLevel();
  }

  /** Else a CPU's session would ask in vain. */
  @Test
  void whatRunsIsCompiled() throws Exception {
    assertThat(opsThatRun(PLAIN)).contains("Mean").doesNotContain("_XlaRun");
    assertThat(opsThatRun(XLA)).contains("_XlaCompile", "_XlaRun").doesNotContain("Mean");
  }

  private static Set<String> opsThatRun(DeviceOptions options) throws Exception {
    TensorFlowNative.load();
    try (var graph = new Graph()) {
      graph.importGraphDef(GraphDef.parseFrom(MODEL.graph()));
      var shape = Shape.of(BATCH, Networks.SIDE, Networks.SIDE, 3);
      try (var session = new Session(graph, ConfigProto.parseFrom(SessionConfig.model(options)));
          Tensor batch = Tensor.of(TUint8.class, shape);
          Result result =
              session
                  .runner()
                  .feed("in", batch)
                  .fetch("y")
                  .setOptions(RunOptions.newBuilder().setOutputPartitionGraphs(true).build())
                  .runAndFetchMetadata()) {
        return result.getMetadata().orElseThrow().getPartitionGraphsList().stream()
            .flatMap(part -> part.getNodeList().stream())
            .map(NodeDef::getOp)
            .collect(Collectors.toSet());
      }
    }
  }

  @Test
  void aPaddedBatchHasTheSameNumbersAsAPlainRun() throws Exception {
    try (var plain = TensorFlowPredictor.open(MODEL, PLAIN, BATCH);
        var compiled = TensorFlowPredictor.open(MODEL, XLA, BATCH);
        var batch = plain.allocate(BATCH)) {
      fill(batch, 3);
      var expected = plain.run(batch, 0, 3, () -> {});
      var answers = compiled.run(batch, 0, BATCH, () -> {});
      for (int slot = 0; slot < 3; slot++) {
        float[] right = values(expected.get(slot));
        float[] got = values(answers.get(slot));
        for (int i = 0; i < right.length; i++) {
          assertThat(got[i]).isCloseTo(right[i], Percentage.withPercentage(1e-3));
        }
      }
    }
  }

  private static float[] values(List<RegionOutput> outputs) {
    return (float[]) outputs.get(0).values();
  }

  private static void fill(Predictor.BatchBuffer batch, int slots) {
    var random = new Random(1);
    for (int slot = 0; slot < slots; slot++) {
      byte[] pixels = new byte[batch.slot(slot).remaining()];
      random.nextBytes(pixels);
      batch.slot(slot).put(pixels);
    }
  }

  @Test
  void everyRunHasTheBatchItWasCompiledFor() throws Exception {
    try (var plain = TensorFlowPredictor.open(MODEL, PLAIN, BATCH);
        var compiled = TensorFlowPredictor.open(MODEL, XLA, BATCH);
        var batch = compiled.allocate(BATCH + 1)) {
      assertThat(plain.fixedBatch()).isZero();
      assertThat(compiled.fixedBatch()).isEqualTo(BATCH);
      assertThat(compiled.warmUpSeconds()).isPositive();
      assertThat(compiled.takesFewer()).isTrue(); // it compiles once more
      assertThat(compiled.run(batch, 0, 3, () -> {})).hasSize(3);
      assertThatThrownBy(() -> compiled.run(batch, 0, 5, () -> {}))
          .hasMessage("5 slots for a model that takes batches of 4");
    }
  }

  @Test
  void theBatchIsChosenForTheDeviceThatWasFound() throws Exception {
    var asked = new AtomicReference<Boolean>();
    TensorFlowPredictor.Slots slots =
        gpu -> {
          asked.set(gpu);
          return 2;
        };
    var anywhere = new DeviceOptions(DeviceOptions.Device.AUTO, 1, "", false).withXla(true);
    try (var predictor = TensorFlowPredictor.open(MODEL, anywhere, slots)) {
      assertThat(predictor.fixedBatch()).isEqualTo(2);
      assertThat(asked).hasValue(predictor.device().startsWith("GPU"));
    }
  }

  @Test
  void aModelsOwnBatchStays() throws Exception {
    var model = Models.model(Models.mean(3, 4, 4), 3, 4, 4, "mean");
    try (var predictor = TensorFlowPredictor.open(model, XLA, BATCH)) {
      assertThat(predictor.fixedBatch()).isEqualTo(3);
    }
  }

  @Test
  void theUsersFlagsStayBehindOurs() {
    assertThat(TensorFlowNative.xlaFlags("")).isEqualTo("--tf_xla_cpu_global_jit");
    assertThat(TensorFlowNative.xlaFlags("--tf_xla_min_cluster_size=2"))
        .isEqualTo("--tf_xla_cpu_global_jit --tf_xla_min_cluster_size=2");
    assertThat(TensorFlowNative.xlaFlags("flags.txt")).isEqualTo("flags.txt");
  }
}
