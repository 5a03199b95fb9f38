package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoker.testing.ExampleRun;
import io.stoker.testing.SparkHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The notebooks, executed headless over what {@code submit/example} wrote. Skipped aloud where
 * there is no Jupyter; {@code .ci/run} installs it.
 */
@Tag("slow")
@Timeout(600)
final class NotebooksTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Debian's own: another Python that comes first on the path has none of the modules. */
  private static final String PYTHON = "/usr/bin/python3";

  private static final Path EXECUTED = SparkHome.target().resolve("notebooks");

  @TempDir private static Path home = Path.of("");

  /** How a notebook's execution ended. */
  private record Executed(int code, String said, String text, long pictures) {}

  @BeforeAll
  static void exampleIsThere() throws Exception {
    if (run(List.of(PYTHON, "-c", "import nbconvert, ipykernel, matplotlib, jpype"), Map.of())
        != 0) {
      String why =
          "NotebooksTest is skipped: apt-get install jupyter-nbconvert python3-ipykernel"
              + " python3-matplotlib python3-jpype";
      System.err.println(why);
      abort(why);
    }
    ExampleRun example = ExampleRun.get();
    assertThat(example.code()).as(example.err()).isZero();
  }

  @Test
  void predictionsAreShownAsTheyAre() throws Exception {
    Executed notebook = execute("predictions", Map.of());

    assertThat(notebook.code()).as(notebook.said()).isZero();
    assertThat(notebook.pictures()).as("classes, map, failures, stages").isEqualTo(4);
    JsonNode run = JSON.readTree(predictions().resolve("_stoker/run.json").toFile());
    assertThat(notebook.text())
        .contains(
            String.format(
                Locale.ROOT,
                "%,d rows: %,d ok, %,d failed",
                run.at("/counts/regions").asLong(),
                run.at("/counts/ok").asLong(),
                run.at("/counts/failed").asLong()))
        .contains("'water': ", "'forest': ", "'field': ", "'town': ", "'cloud': ")
        .contains("images/missing.jpg · not_found", "images/truncated.jpg · truncated")
        .contains(
            String.format(
                Locale.ROOT,
                "%,.0f regions/s over %.1f s",
                run.at("/timings/regionsPerSecond").asDouble(),
                run.at("/timings/predicting").asDouble()));
  }

  @Test
  void anOutputThatLostRowsIsNotShown() throws Exception {
    Path lossy = home.resolve("lossy");
    Files.createDirectories(lossy.resolve("_stoker"));
    Files.copy(predictions().resolve("_stoker/run.json"), lossy.resolve("_stoker/run.json"));
    try (Stream<Path> files = Files.list(predictions())) {
      for (Path file :
          files.filter(file -> file.toString().endsWith(".parquet")).sorted().skip(1).toList()) {
        Files.copy(file, lossy.resolve(file.getFileName()));
      }
    }

    Executed notebook = execute("predictions", Map.of("STOKER_OUTPUT", lossy.toString()));

    assertThat(notebook.code()).isNotZero();
    assertThat(notebook.said()).contains("not each region once");
  }

  @Test
  void aSessionThatIsThereAlreadyPredicts() throws Exception {
    Executed notebook = execute("existing-session", Map.of());

    assertThat(notebook.code()).as(notebook.said()).isZero();
    assertThat(notebook.text())
        .contains("300 rows, 299 ok")
        .contains("|-- probabilities: array")
        .containsPattern("\\|(water|forest|field|town|cloud) *\\|\\d+ *\\|\\d+\\.\\d *\\|")
        .contains("regions=300, ok=299, failed=1, reasons={decode/box_outside_image=1}");
    assertThat(SparkHome.target().resolve("notebook-predictions/_SUCCESS")).exists();
  }

  private static Path predictions() {
    return ExampleRun.folder().resolve("predictions");
  }

  private static Executed execute(String name, Map<String, String> environment) throws Exception {
    Path said = home.resolve(name + ".log");
    Path made = EXECUTED.resolve(name + ".ipynb");
    Files.deleteIfExists(made);
    int code =
        run(
            List.of(
                "/bin/sh",
                "-c",
                "exec \"$@\" > \"$0\" 2>&1",
                said.toString(),
                PYTHON,
                "-m",
                "nbconvert",
                "--to",
                "notebook",
                "--execute",
                "--output-dir",
                EXECUTED.toString(),
                "notebooks/" + name + ".ipynb"),
            environment);
    if (code != 0) {
      return new Executed(code, Files.readString(said), "", 0);
    }
    var text = new StringBuilder();
    long pictures = 0;
    for (JsonNode cell : JSON.readTree(made.toFile()).path("cells")) {
      for (JsonNode output : cell.path("outputs")) {
        output.path("text").forEach(line -> text.append(line.asText()));
        pictures += output.at("/data").has("image/png") ? 1 : 0;
      }
    }
    return new Executed(code, Files.readString(said), text.toString(), pictures);
  }

  private static int run(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    if (!Files.isExecutable(Path.of(PYTHON))) {
      return 127;
    }
    var builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return process.waitFor();
  }
}
