package io.stoker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.example.ExampleModel;
import io.stoker.example.Scene;
import io.stoker.model.Normalization;
import io.stoker.region.Box;
import io.stoker.region.Region;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which tasks share a runtime. The simulated device stands for as many GPUs as addresses. */
@Timeout(120)
final class RuntimesTest {
  @TempDir private Path folder = Path.of("");

  @AfterEach
  void release() {
    Runtimes.release();
  }

  @Test
  void eachGpuHasARuntimeOfItsOwnWhichItsTasksShareAndKeep() throws Exception {
    PreparedJob job = job(3);
    String first = run(job, "0");
    String second = run(job, "1");
    assertThat(second).isNotEqualTo(first);
    assertThat(run(job, "0")).isEqualTo(first);
    assertThat(run(job, "1")).isEqualTo(second);
    assertThat(Runtimes.reports()).hasSize(2);
  }

  @Test
  void anotherJobTakesThePlaceOfAllThatNoTaskUses() throws Exception {
    PreparedJob job = job(3);
    run(job, "0");
    run(job, "1");
    run(job(4), "0");
    assertThat(Runtimes.reports()).hasSize(1);
  }

  private PreparedJob job(int batch) throws Exception {
    var spec =
        PredictSpec.model(ExampleModel.write(folder).graph().toString())
            .normalize(Normalization.MINUS_ONE_ONE)
            .simulated(1)
            .batch(batch);
    return Preparation.check(spec.build(), 2, Map.of())
        .prepare(new RegionShapes(1, new Size(96, 96)));
  }

  /** Runs one region and gives the runtime's id. */
  private String run(PreparedJob job, String gpu) throws Exception {
    Path image = folder.resolve("scene.png");
    ImageIO.write(Scene.draw(1, 400, 300).image(), "png", image.toFile());
    var region = new Region(0, image.toUri().toString(), 0, new Box(0, 0, 96, 96));
    var resources = new ExecutorResources(2, 2, 256L << 20, 1, 2, List.of(gpu), Map.of());
    try (RuntimeTask task =
        Runtimes.open(job.key(), () -> job, resources, List.of(region).iterator(), true)) {
      task.next();
      return task.report().runtime();
    }
  }
}
