package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class HelpTest {
  private static final String FLAGS =
      "--manifest --manifest-format --manifest-table --where --column --model --signature --input"
          + " --fetch --feed --output --mode --box-outside --input-size --normalize --channels"
          + " --softmax --argmax --top-k --labels --batch --decode-threads --fetch-ahead"
          + " --in-flight --memory --device --precision --xla --deterministic --max-failures"
          + " --preprocess --trust-model --allow-uri --help --verbose";

  private final Console console = new Console();
  private final RecordingBackend backend = new RecordingBackend();

  @Test
  void helpListsEveryFlagAnExampleAndTheExitCodes() {
    assertThat(console.run(backend, "predict", "--help").code()).isZero();

    for (String flag : FLAGS.split(" ")) {
      assertThat(console.out()).containsPattern("(?m)^ +(-., )?" + flag + "\\b");
    }
    assertThat(console.out()).contains("Example:").contains("Exit codes:").contains("130");
    assertThat(console.out().lines()).allMatch(line -> line.length() <= 98);
    assertThat(console.err()).isEmpty();
    assertThat(backend.jobs).isEmpty();
  }

  @Test
  void theExampleIsTheReadmes() throws IOException {
    assertThat(console.run(backend, "predict", "--help").code()).isZero();

    String example = console.out().replaceAll("(?s).*Example:\\R|\\RExit codes:.*", "").strip();
    assertThat(Files.readString(Path.of("README.md")).replaceAll("\\s+", " "))
        .contains(example.replaceAll("\\s+", " "));
  }

  @Test
  void helpWinsOverMistakes() {
    assertThat(console.run(backend, "predict", "--batch=0", "--help").code()).isZero();
    assertThat(console.out()).contains("--manifest");
  }

  @Test
  void theRootListsItsCommands() {
    assertThat(console.run(backend, "--help").code()).isZero();
    assertThat(console.out()).contains("predict").contains("example");
  }

  @Test
  void versionIsPrinted() {
    assertThat(console.run(backend, "--version").code()).isZero();
    assertThat(console.out()).startsWith("stoker ").contains("Java 17");
  }
}
