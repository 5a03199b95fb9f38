package io.stoker.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.example.ExampleModel;
import io.stoker.example.Scene;
import io.stoker.model.Normalization;
import io.stoker.region.Box;
import io.stoker.region.Region;
import io.stoker.region.RegionResult;
import io.stoker.tensorflow.OpenNatives;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the spec's wishes reach an executor's device. */
@Timeout(120)
final class RuntimeFactoryTest {
  private static final ExecutorResources RESOURCES =
      new ExecutorResources(2, 2, 256L << 20, 1, 1, List.of(), Map.of());
  private static final int REGIONS = 6;

  @TempDir private Path folder = Path.of("");

  private RuntimeFactory factory(UnaryOperator<PredictSpec.Builder> change) throws Exception {
    var spec =
        PredictSpec.model(ExampleModel.write(folder).graph().toString())
            .normalize(Normalization.MINUS_ONE_ONE)
            .batch(4);
    PreparedJob job =
        Preparation.check(change.apply(spec).build(), 2, Map.of())
            .prepare(new RegionShapes(REGIONS, new Size(96, 96)));
    return new RuntimeFactory(job, RESOURCES);
  }

  @Test
  void withXlaTheBatchAskedForIsTheOnlyOne() throws Exception {
    ExecutorReport report = predict(factory(spec -> spec.xla(true)));
    assertThat(report.pipeline().ok()).isEqualTo(REGIONS);
    assertThat(report.pipeline().paddedBatches()).isPositive();
    assertThat(report.warmUpSeconds()).isPositive();
    if (report.device().equals("CPU")) {
      assertThat(report.pageLocked()).isFalse();
    }
  }

  @Test
  void bfloat16RunsOnTheCpu() throws Exception {
    UnaryOperator<PredictSpec.Builder> wish =
        spec ->
            spec.precision(PredictSpec.Precision.BFLOAT16).xla(true).device(PredictSpec.Device.CPU);
    assertThat(predict(factory(wish)).pipeline().ok()).isEqualTo(REGIONS);
  }

  @Test
  void answersInAnotherPrecisionAreComparedWithFloat32() throws Exception {
    UnaryOperator<PredictSpec.Builder> wish =
        spec ->
            spec.precision(PredictSpec.Precision.BFLOAT16)
                .device(PredictSpec.Device.CPU)
                .verifyParity(5);
    Object before = OpenNatives.now();
    Parity parity = Objects.requireNonNull(predict(factory(wish)).parity());
    assertThat(parity.regions()).isEqualTo(5);
    assertThat(parity.largestDifference()).isBetween(0.0, 0.1);
    assertThat(parity.argmaxAgreement()).isEqualTo(1);
    assertThat(OpenNatives.now()).isEqualTo(before);
  }

  @Test
  void tooLittleMemoryIsToldWithoutAnExecutor() throws Exception {
    assertThat(factory(spec -> spec).memoryProblems(false)).isEmpty();
    assertThat(factory(spec -> spec.memoryBytes(1 << 20)).memoryProblems(false))
        .singleElement()
        .asString()
        .startsWith("memory is 1m, expected at least");
  }

  /** Two GPUs have half of everything each. */
  @Test
  void runtimesOfOneExecutorShareItsCoresTasksAndMemory() {
    var both = new ExecutorResources(9, 4, 1 << 20, 0.9, 2, List.of("1"), Map.of());
    assertThat(both.coresEach()).isEqualTo(4);
    assertThat(both.tasksEach()).isEqualTo(2);
    assertThat(both.memoryBytesEach(0)).isEqualTo(1 << 19);
    assertThat(both.memoryBytesEach(4096)).isEqualTo(2048);
  }

  @Test
  void aPrecisionThatTheDeviceLacksIsRefusedAndNothingStaysOpen() throws Exception {
    Object before = OpenNatives.now();
    RuntimeFactory factory =
        factory(
            spec -> spec.precision(PredictSpec.Precision.FLOAT16).device(PredictSpec.Device.CPU));
    assertThatThrownBy(factory::create)
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("--precision float16 needs a GPU");
    assertThat(OpenNatives.now()).isEqualTo(before);
  }

  private ExecutorReport predict(RuntimeFactory factory) throws Exception {
    Path image = folder.resolve("scene.png");
    ImageIO.write(Scene.draw(1, 400, 300).image(), "png", image.toFile());
    var regions = new ArrayList<Region>();
    for (int i = 0; i < REGIONS; i++) {
      regions.add(new Region(i, image.toUri().toString(), 0, new Box(40 * i, 20 * i, 96, 96)));
    }
    ExecutorRuntime runtime = factory.create();
    runtime.enter();
    try (RuntimeTask task = runtime.open(regions.iterator(), true)) {
      while (task.hasNext()) {
        assertThat(task.next()).isInstanceOf(RegionResult.Ok.class);
      }
      return task.report();
    } finally {
      runtime.closeIfIdle();
    }
  }
}
