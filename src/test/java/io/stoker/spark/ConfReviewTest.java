package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ConfReviewTest {
  static Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("conf"))) {
      return files.filter(file -> file.toString().endsWith(".conf")).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void nothingInOurFilesContradicts(Path file) throws IOException {
    Map<String, String> settings = settings(file);
    if (file.endsWith("s3a.conf")) {
      settings.putAll(settings(Path.of("conf/cpu.conf"))); // it is for adding to another
    }

    ConfReview review = ConfReview.of(settings);

    assertThat(review.problems()).isEmpty();
    assertThat(review.facts()).anyMatch(fact -> fact.contains("2 tasks at once"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void everySettingIsExplainedAboveIt(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    String before = "";
    for (String line : lines) {
      boolean setting = !line.isBlank() && !line.startsWith("#");
      // Settings that one comment explains follow each other.
      boolean explained = !before.isBlank();
      assertThat(!setting || explained).as(line).isTrue();
      before = line;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      textBlock =
          """
          spark.task.cpus=16 => one task an executor: whenever it ends
          spark.task.cpus=5 => spark.task.cpus=5 leaves 1 of 16 cores without a task
          spark.task.resource.gpu.amount=0.25 => allows 4 tasks an executor, its cores 2; set spark.task.cpus=4
          spark.task.resource.gpu.amount=2 => gives each task several GPUs, of which it would use one
          spark.executor.memoryOverhead=1g => the executor would be killed; set spark.executor.memoryOverhead=10g
          spark.speculation=true => set spark.speculation=false
          spark.locality.wait=3s => set spark.locality.wait=0s
          spark.task.maxFailures=1 => set spark.task.maxFailures=4
          spark.plugins=com.nvidia.spark.SQLPlugin => which leaves the model's session less than
          spark.plugins=com.nvidia.spark.SQLPlugin => progress moves only as tasks end
          spark.executor.cores=1 => take turns on one core
          """)
  void aContradictionIsNamedWithWhatToSet(String change, String problem) throws IOException {
    Map<String, String> settings = settings(Path.of("conf/gpu.conf"));
    settings.put(change.split("=")[0], change.split("=")[1]);

    assertThat(ConfReview.of(settings).problems())
        .as("%s", settings)
        .anyMatch(found -> found.contains(problem));
  }

  @Test
  void whatIsProposedForMemoryIsEnough() throws IOException {
    Map<String, String> settings = settings(Path.of("conf/gpu.conf"));
    settings.put("spark.executor.memoryOverhead", "10g");

    assertThat(ConfReview.of(settings).problems()).isEmpty();
  }

  private static Map<String, String> settings(Path file) throws IOException {
    var properties = new Properties();
    try (var in = Files.newBufferedReader(file)) {
      properties.load(in);
    }
    var settings = new HashMap<String, String>();
    properties.forEach((key, value) -> settings.put(key.toString(), value.toString().strip()));
    return settings;
  }
}
