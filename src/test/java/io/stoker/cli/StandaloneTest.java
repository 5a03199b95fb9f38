package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoker.example.ExampleData;
import io.stoker.example.ExampleModel;
import io.stoker.testing.Jars;
import io.stoker.testing.SparkHome;
import io.stoker.testing.SparkSubmit;
import io.stoker.testing.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command on a cluster of processes, each executor with a GPU address of its own. */
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
          submit(spark, cluster)
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
      // Counts move within tasks, which is the plugin's work.
      assertThat(run.stderr()).containsPattern("of 38,811 regions").doesNotContain("as they end");
    }
    JsonNode record = record();
    assertThat(record.at("/counts/ok").asInt()).isEqualTo(example.goodRegions());
    assertThat(record.at("/counts/failed").asInt()).isEqualTo(example.badRegions());
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

  @Test
  void anExecutorThatIsKilledCostsNoRow() throws Exception {
    int regions = 1_500;
    Files.writeString(home.resolve("manifest.csv"), "uri\n" + "20\n".repeat(regions));
    SparkHome spark = SparkHome.of(SparkHome.SPARK_4_1);
    try (var cluster = StandaloneCluster.start(spark, folder("cluster"), WORKERS, CORES)) {
      var run =
          new FutureTask<>(
              () ->
                  submit(spark, cluster)
                      .jar(Jars.of(home.resolve("own.jar"), SlowLoader.class))
                      .run(
                          Main.class.getName(),
                          SparkHome.jobJar(),
                          "predict",
                          "--manifest=" + home.resolve("manifest.csv"),
                          "--model=" + model.graph(),
                          "--preprocess=" + SlowLoader.class.getName(),
                          "--batch=8",
                          "--output=" + home.resolve("out")));
      var runner = new Thread(run, "submit");
      runner.start();
      // Some tasks are committed, others are in the middle.
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> run.isDone() || committedTasks(home.resolve("out")) > 0);
      List<ProcessHandle> executors = cluster.executors();
      assertThat(executors).hasSize(WORKERS);
      ProcessHandle victim = executors.get(0);
      assertThat(victim.destroyForcibly()).isTrue();

      SparkSubmit.Result result = run.get();

      assertThat(result.exitCode()).as(result.stderr()).isZero();
      assertThat(result.stderr()).contains("Lost executor");
    }
    JsonNode counts = record().at("/counts");
    assertThat(counts.at("/ok").asInt()).isEqualTo(regions);
    assertThat(counts.at("/committed").asBoolean()).isTrue();
    assertThat(home.resolve("out/_SUCCESS")).exists();
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

  private static SparkSubmit submit(SparkHome spark, StandaloneCluster cluster) {
    return new SparkSubmit(spark)
        .master(cluster.master())
        .properties(Path.of("conf/gpu.conf"))
        .conf("spark.executor.cores", Integer.toString(CORES))
        .conf("spark.task.cpus", "1")
        .conf("spark.executor.memory", "1g");
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectory(home.resolve(name));
  }

  private JsonNode record() throws IOException {
    return new ObjectMapper().readTree(home.resolve("out/_stoker/run.json").toFile());
  }

  /** Tasks whose rows are committed, the job not yet. */
  private static long committedTasks(Path output) throws IOException {
    Path job = output.resolve("_temporary/0");
    if (!Files.isDirectory(job)) {
      return 0;
    }
    try (Stream<Path> tasks = Files.list(job)) {
      return tasks.filter(task -> task.getFileName().toString().startsWith("task_")).count();
    }
  }
}
