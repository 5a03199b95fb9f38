package io.stoker.tensorflow;

import static java.util.stream.Collectors.counting;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Models that were made to do harm. */
@Timeout(120)
final class HostileModelsTest {
  @Test
  void noneHarmsAndEachGetsItsVerdict(@TempDir Path folder) throws Exception {
    Shared.assumeAvailable();
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Dstoker.shared=" + Shared.dir(),
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                HostileModels.class.getName())
            .directory(folder.toFile()) // where a relative path of a model would lead
            .redirectOutput(output.toFile())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    try {
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).as("ends in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    List<String> lines = Files.readAllLines(output);
    assertThat(process.exitValue())
        .as("a native crash after %s", lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1))
        .isZero();
    assertThat(lines).last().isEqualTo("end");
    assertVerdicts(lines);
    assertNothingWritten(folder);
    assertNothingWritten(CorpusModel.corpus().resolve("hostile"));
  }

  private static void assertVerdicts(List<String> lines) {
    Map<String, String[]> verdicts = new HashMap<>();
    for (String line : lines) {
      String[] parts = line.split("\t", 3);
      if (parts.length == 3) {
        verdicts.put(parts[1], parts);
      }
    }
    var softly = new SoftAssertions();
    for (CorpusModel model :
        Stream.of("hostile/graphdef/", "hostile/savedmodel/")
            .flatMap(group -> CorpusModel.group(group).stream())
            .toList()) {
      String[] verdict = verdicts.getOrDefault(model.path(), new String[] {"none", "", ""});
      softly
          .assertThat(verdict[0])
          .as("%s: %s", model.path(), verdict[2])
          .isIn(model.expect(), model.alsoAcceptable());
    }
    softly.assertThat(verdicts).hasSize(45);
    Map<String, Long> counts =
        verdicts.values().stream()
            .collect(Collectors.groupingBy(verdict -> verdict[0], TreeMap::new, counting()));
    System.out.println("hostile models: " + counts);
    // The page on models says so.
    softly.assertThat(counts).isEqualTo(Map.of("refused", 30L, "ok", 14L, "unfeedable", 1L));
    softly.assertAll();
  }

  private static void assertNothingWritten(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(file -> file.toString().contains("written-by-model"))).isEmpty();
    }
  }
}
