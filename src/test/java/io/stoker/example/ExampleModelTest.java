package io.stoker.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.tools.LandCoverAccuracy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;

final class ExampleModelTest {
  /** Neither trained on nor the example's own. */
  private static final long FRESH_SEED = 404;

  private static final int MEGABYTE = 1 << 20;

  private final Path folder;

  ExampleModelTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void isRightAboutNineteenOfTwentyRegionsOfFreshScenes() throws IOException {
    var model = ExampleModel.write(folder);
    var example = ExampleData.write(folder, FRESH_SEED, 3, 1);

    var accuracy =
        LandCoverAccuracy.measure(
            GraphDef.parseFrom(Files.readAllBytes(model.graph())), example.manifest());

    System.out.println("example model: " + accuracy + ", share " + accuracy.share());
    assertThat(accuracy.regions()).isEqualTo(example.goodRegions()).isGreaterThan(3_000);
    assertThat(accuracy.share()).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void returnsProbabilitiesAndAnEmbeddingForAnyBatchSize() throws IOException {
    var model = ExampleModel.write(folder);
    try (var graph = new Graph()) {
      graph.importGraphDef(GraphDef.parseFrom(Files.readAllBytes(model.graph())));
      try (var session = new Session(graph);
          var image = TFloat32.tensorOf(Shape.of(3, 64, 64, 3), data -> fill(data, 0.25f));
          var outputs =
              session
                  .runner()
                  .feed("image", image)
                  .fetch("probabilities")
                  .fetch("embedding")
                  .run()) {
        assertThat(outputs.get(0).shape()).isEqualTo(Shape.of(3, LandCover.all().size()));
        assertThat(outputs.get(1).shape()).isEqualTo(Shape.of(3, 32));
        double sum = 0;
        for (var probability : ((TFloat32) outputs.get(0)).scalars()) {
          sum += probability.getFloat();
        }
        assertThat(sum).isBetween(3 - 1e-5, 3 + 1e-5);
      }
    }
  }

  private static void fill(TFloat32 data, float value) {
    data.scalars().forEach(scalar -> scalar.setFloat(value));
  }

  @Test
  void isSmallAndItsLabelsAreTheClasses() throws IOException {
    var model = ExampleModel.write(folder);

    assertThat(Files.size(model.graph())).isBetween(1L, (long) MEGABYTE);
    assertThat(Files.readAllLines(model.labels()))
        .containsExactlyElementsOf(LandCover.all().stream().map(LandCover::label).toList());
  }
}
