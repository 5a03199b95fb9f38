package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoker.example.ExampleModel;
import io.stoker.testing.SparkHome;
import io.stoker.testing.SparkSubmit;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job jar as a cluster gets it: what is in it, and that each Spark we serve runs it. */
@Tag("slow")
@Timeout(900)
final class JobJarSmokeTest {
  @Test
  void itHoldsTheJavaAndNoneOfTheNatives() throws IOException {
    try (var jar = new JarFile(SparkHome.jobJar().toFile())) {
      var names = jar.stream().filter(e -> !e.isDirectory()).map(ZipEntry::getName).toList();
      assertThat(names)
          .contains(
              "org/tensorflow/Graph.class",
              "org/tensorflow/internal/c_api/TF_Graph.class",
              "org/tensorflow/proto/GraphDef.class",
              "io/stoker/shaded/protobuf/Message.class",
              "io/stoker/shaded/picocli/CommandLine.class")
          .noneMatch(name -> name.startsWith("org/apache/"))
          .noneMatch(name -> name.startsWith("scala/"))
          .noneMatch(name -> name.startsWith("com/google/protobuf/"))
          .noneMatch(name -> name.startsWith("com/fasterxml/"))
          .noneMatch(name -> name.startsWith("org/bytedeco/"))
          .noneMatch(name -> name.matches(".*/libtensorflow.*"))
          .doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {SparkHome.SPARK_3_5, SparkHome.SPARK_4_1})
  void everySparkPredictsWithIt(String versions, @TempDir Path folder)
      throws IOException, InterruptedException {
    var spark = SparkHome.of(versions);
    var model = ExampleModel.write(folder);
    Path output = folder.resolve("predictions");

    var result =
        new SparkSubmit(spark)
            .conf("spark.plugins", StokerPlugin.class.getName())
            .run(
                "io.stoker.cli.Main",
                SparkHome.jobJar(),
                "predict",
                "--manifest=" + manifest(folder),
                "--model=" + model.graph(),
                "--labels=" + model.labels(),
                "--normalize=minus-one-one",
                "--top-k=2",
                "--output=" + output);

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr() + result.stdout())
        .contains((BOXES + 1) + " regions: " + BOXES + " ok, 1 failed");
    assertThat(output.resolve("_SUCCESS")).exists();
    JsonNode run = new ObjectMapper().readTree(output.resolve("_stoker/run.json").toFile());
    assertThat(run.at("/versions/spark").asText()).isEqualTo(spark.version());
    assertThat(run.at("/counts/ok").asInt()).isEqualTo(BOXES);
    assertThat(run.at("/executors/0/modelLoads").asInt()).isEqualTo(1);
    assertThat(run.at("/executors/0/sessions").asInt()).isEqualTo(1);
  }

  private static final int BOXES = 100;

  /** Overlapping boxes in one drawn scene, and a file that is not there. */
  private static Path manifest(Path folder) throws IOException {
    BufferedImage scene = new BufferedImage(600, 400, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < scene.getHeight(); y++) {
      for (int x = 0; x < scene.getWidth(); x++) {
        scene.setRGB(x, y, (x * 7 & 255) << 16 | (y * 5 & 255) << 8 | ((x ^ y) & 255));
      }
    }
    ImageIO.write(scene, "jpg", folder.resolve("scene.jpg").toFile());
    var rows = new ArrayList<>(List.of("uri,x,y,width,height", "missing.jpg,0,0,96,96"));
    for (int i = 0; i < BOXES; i++) {
      rows.add("scene.jpg," + 5 * i + "," + 3 * i + ",96,96");
    }
    return Files.write(folder.resolve("manifest.csv"), rows);
  }
}
