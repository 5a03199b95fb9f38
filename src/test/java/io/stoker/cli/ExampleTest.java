package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoker.testing.SparkHome;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command, as it stands there. */
@Tag("slow")
@Timeout(600)
final class ExampleTest {
  private static final int IMAGES = 20;
  private static final int REGIONS = 5_000;

  @Test
  void itPredictsAndShowsALandscapeWithThreeKindsOfFailures(@TempDir Path folder) throws Exception {
    SparkHome.of(SparkHome.SPARK_4_1); // or the launcher would fetch it, at this test's time
    File out = folder.resolve("out").toFile();
    File err = folder.resolve("err").toFile();
    Process example =
        new ProcessBuilder("submit/example").redirectOutput(out).redirectError(err).start();
    example.getOutputStream().close();
    boolean ended = example.waitFor(8, TimeUnit.MINUTES);
    example.destroyForcibly();

    String said = Files.readString(err.toPath());
    assertThat(ended).as(said).isTrue();
    assertThat(example.waitFor()).as(said).isZero();
    assertThat(Files.readString(out.toPath()))
        .contains("regions by predicted class", "water", "forest", "field", "town", "cloud")
        .contains("some rows of", "rows that failed, as they should")
        .containsPattern("accuracy 9[5-9]\\.\\d %");

    Path home = SparkHome.target().resolve("example");
    JsonNode record =
        new ObjectMapper().readTree(home.resolve("predictions/_stoker/run.json").toFile());
    assertThat(record.at("/counts/ok").asInt()).isGreaterThanOrEqualTo(REGIONS);
    assertThat(record.at("/pipeline/images").asInt()).isGreaterThanOrEqualTo(IMAGES);
    List<String> reasons = new ArrayList<>();
    record.at("/counts/reasons").fieldNames().forEachRemaining(reasons::add);
    assertThat(reasons)
        .containsExactlyInAnyOrder(
            "read/not_found", "decode/truncated", "decode/box_outside_image");
    assertThat(home.resolve("predictions/_SUCCESS")).exists();
    assertThat(ImageIO.read(home.resolve("map.png").toFile()).getWidth()).isGreaterThan(500);
  }
}
