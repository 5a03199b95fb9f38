package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoker.example.ExampleData;
import io.stoker.example.ExampleModel;
import io.stoker.testing.SparkHome;
import io.stoker.testing.SparkSubmit;
import io.stoker.testing.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example on a cluster of processes, each executor with a GPU address of its own. */
@Tag("slow")
@Timeout(600)
final class StandaloneTest {
  private static final int WORKERS = 2;
  private static final int CORES = 2;

  @TempDir private static Path shared = Path.of("");
  private static ExampleModel.Written model = new ExampleModel.Written(shared, shared);

  private static ExampleData.@Nullable Summary example;

  @TempDir private Path home = Path.of("");

  @BeforeAll
  static void exampleModel() throws IOException {
    model = ExampleModel.write(shared.resolve("model"));
  }

  @ParameterizedTest
  @ValueSource(strings = {SparkHome.SPARK_3_5, SparkHome.SPARK_4_1})
  void theExampleRunsOnTwoExecutorsWithOneSessionEach(String versions) throws Exception {
    ExampleData.Summary example = example();
    SparkHome spark = SparkHome.of(versions);
    try (var cluster = StandaloneCluster.start(spark, folder("cluster"), WORKERS, CORES)) {
      SparkSubmit.Result run =
          submit(cluster)
              .run(
                  Main.class.getName(),
                  SparkHome.jobJar(),
                  "predict",
                  "--manifest=" + example.manifest(),
                  "--model=" + model.graph(),
                  "--normalize=minus-one-one",
                  "--argmax",
                  "--labels=" + model.labels(),
                  "--output=" + home.resolve("out"));

      assertThat(run.exitCode()).as(run.stderr()).isZero();
      assertThat(run.stderr()).doesNotContain("as they end");
      // Counts move within tasks, which is the plugin's work. A line comes every ten seconds; two
      // devices that take 300 ms for 256 regions need more than twice that for all of them.
      SparkSubmit.Result slow =
          submit(cluster)
              .run(
                  Main.class.getName(),
                  SparkHome.jobJar(),
                  "predict",
                  "--manifest=" + example.manifest(),
                  "--model=" + model.graph(),
                  "--normalize=minus-one-one",
                  "--device=simulated:300",
                  "--batch=256",
                  "--output=" + home.resolve("simulated"));
      assertThat(slow.exitCode()).as(slow.stderr()).isZero();
      assertThat(slow.stderr()).containsPattern("of 38,811 regions").doesNotContain("as they end");
    }
    JsonNode record = record();
    assertThat(record.at("/counts/ok").asInt()).isEqualTo(example.goodRegions());
    assertThat(record.at("/counts/failed").asInt()).isEqualTo(example.badRegions());
    assertThat(record.at("/modelOptimization/nodesBefore").asInt()).isPositive();
    assertThat(record.at("/modelOptimization/problem").isNull()).isTrue();
    assertThat(record.at("/executors")).hasSize(WORKERS);
    var addresses = new ArrayList<String>();
    for (JsonNode executor : record.at("/executors")) {
      assertThat(executor.at("/sessions").asInt()).isEqualTo(1);
      assertThat(executor.at("/modelLoads").asInt()).isEqualTo(1);
      assertThat(executor.at("/gpuAddresses")).hasSize(1);
      addresses.add(executor.at("/gpuAddresses/0").asText());
    }
    assertThat(addresses).containsExactlyInAnyOrder("0", "1");
    assertThat(home.resolve("out/_SUCCESS")).exists();
  }

  /** Waits for both executors: the first to come could be through before the other is there. */
  private static SparkSubmit submit(StandaloneCluster cluster) {
    return cluster
        .submit(CORES)
        .conf("spark.cores.max", Integer.toString(WORKERS * CORES))
        .conf("spark.scheduler.minRegisteredResourcesRatio", "1")
        .conf("spark.scheduler.maxRegisteredResourcesWaitingTime", "120s");
  }

  /** Drawn once: it takes longer than the rest. */
  private static ExampleData.Summary example() throws IOException {
    ExampleData.Summary drawn = example;
    if (drawn == null) {
      drawn = ExampleData.write(shared, ExampleData.DEFAULT_SEED);
      example = drawn;
    }
    return drawn;
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectory(home.resolve(name));
  }

  private JsonNode record() throws IOException {
    return new ObjectMapper().readTree(home.resolve("out/_stoker/run.json").toFile());
  }
}
