package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoker.testing.ExampleRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The README's first command, as it stands there. */
@Tag("slow")
@Timeout(600)
final class ExampleTest {
  private static final int REGIONS = 5_000;

  @Test
  void itPredictsAndShowsALandscapeWithThreeKindsOfFailures() throws Exception {
    ExampleRun example = ExampleRun.get();
    assertThat(example.code()).as(example.err()).isZero();
    assertThat(example.out())
        .contains("regions by predicted class", "water", "forest", "field", "town", "cloud")
        .contains("some rows of", "rows that failed, as they should")
        .containsPattern("accuracy 9[5-9]\\.\\d %");

    Path home = ExampleRun.folder();
    JsonNode record =
        new ObjectMapper().readTree(home.resolve("predictions/_stoker/run.json").toFile());
    assertThat(record.at("/counts/ok").asInt()).isGreaterThanOrEqualTo(REGIONS);
    List<String> reasons = new ArrayList<>();
    record.at("/counts/reasons").fieldNames().forEachRemaining(reasons::add);
    assertThat(reasons)
        .containsExactlyInAnyOrder(
            "read/not_found", "decode/truncated", "decode/box_outside_image");
    assertThat(home.resolve("predictions/_SUCCESS")).exists();
    assertThat(ImageIO.read(home.resolve("map.png").toFile()).getWidth()).isGreaterThan(500);
  }
}
