package io.stoker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.stoker.example.ExampleModel;
import io.stoker.spark.StokerPlugin;
import io.stoker.tensorflow.MeanModel;
import io.stoker.testing.Jars;
import io.stoker.testing.ParquetRows;
import io.stoker.testing.SparkHome;
import io.stoker.testing.SparkSubmit;
import io.stoker.testing.StandaloneCluster;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command on a cluster of processes: the user's own code, and whatever does not go well. */
@Tag("slow")
@Timeout(300)
final class ClusterTest {
  /** Another can be asked for: {@code -Dstoker.cluster.spark=3.5.6_2.12}. */
  private static final String SPARK =
      System.getProperty("stoker.cluster.spark", SparkHome.SPARK_4_1);

  private static final int WORKERS = 2;

  /** An executor's; a worker has one more, for a driver. */
  private static final int CORES = 2;

  @TempDir private static Path shared = Path.of("");
  private static ExampleModel.Written model = new ExampleModel.Written(shared, shared);
  private static Path own = shared;
  private static @Nullable StandaloneCluster cluster;

  @TempDir private Path home = Path.of("");

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    model = ExampleModel.write(shared.resolve("model"));
    own =
        Jars.of(
            shared.resolve("own.jar"),
            SlowLoader.class,
            TaskWatcher.class,
            LosingCommitter.class,
            HttpLoader.class,
            CentrePixel.class);
    cluster =
        StandaloneCluster.start(
            SparkHome.of(SPARK),
            Files.createDirectory(shared.resolve("cluster")),
            WORKERS,
            CORES + 1);
  }

  @AfterAll
  static void stop() {
    StandaloneCluster running = cluster;
    if (running != null) {
      running.close();
    }
  }

  @Test
  void aLoaderOfTheUsersReadsFromAServer() throws Exception {
    Path mean = MeanModel.write(home.resolve("mean.pb"), HttpLoader.SIDE);
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] number = exchange.getRequestURI().getPath().substring(1).getBytes(UTF_8);
          exchange.sendResponseHeaders(number.length == 0 ? 404 : 200, number.length);
          exchange.getResponseBody().write(number);
          exchange.close();
        });
    server.start();
    try {
      var rows = new StringBuilder();
      for (int i = 0; i < 60; i++) {
        rows.append("http://127.0.0.1:" + server.getAddress().getPort() + "/" + i + "\n");
      }
      manifest(rows + "http://127.0.0.1:" + server.getAddress().getPort() + "/\n");

      SparkSubmit.Result run = preprocess(mean, HttpLoader.class);

      assertThat(run.exitCode()).as(run.stderr()).isZero();
    } finally {
      server.stop(0);
    }
    Map<String, List<Float>> means = ParquetRows.floats(home.resolve("out"), "uri", "mean");
    assertThat(means).hasSize(61);
    means.forEach(
        (uri, values) -> {
          String number = uri.substring(uri.lastIndexOf('/') + 1);
          assertThat(values)
              .isEqualTo(
                  number.isEmpty() ? List.of() : Collections.nCopies(3, Float.valueOf(number)));
        });
  }

  @Test
  void aTransformOfTheUsersSeesPixels() throws Exception {
    Path mean = MeanModel.write(home.resolve("mean.pb"), CentrePixel.SIDE);
    var rows = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      var image = new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB);
      image.setRGB(4, 4, i << 16 | 100 + i << 8 | 200 + i);
      Path file = shared.resolve("pixel-" + i + ".png");
      ImageIO.write(image, "png", file.toFile());
      rows.append(file).append('\n');
    }
    manifest(rows.toString());

    SparkSubmit.Result run = preprocess(mean, CentrePixel.class);

    assertThat(run.exitCode()).as(run.stderr()).isZero();
    Map<String, List<Float>> means = ParquetRows.floats(home.resolve("out"), "uri", "mean");
    assertThat(means).hasSize(40);
    for (int i = 0; i < 40; i++) {
      assertThat(means.get(shared.resolve("pixel-" + i + ".png").toString()))
          .containsExactly((float) i, 100f + i, 200f + i);
    }
  }

  private SparkSubmit.Result preprocess(Path mean, Class<?> own)
      throws IOException, InterruptedException {
    return small()
        .run(
            Main.class.getName(),
            SparkHome.jobJar(),
            "predict",
            "--manifest=" + home.resolve("manifest.csv"),
            "--model=" + mean,
            "--preprocess=" + own.getName(),
            "--output=" + home.resolve("out"));
  }

  @Test
  void anExecutorThatIsKilledCostsNoRow() throws Exception {
    int regions = 1_500;
    manifest("20\n".repeat(regions));
    SparkSubmit.Running run = submit().start(Main.class.getName(), SparkHome.jobJar(), arguments());
    // Some tasks are committed, others are in the middle.
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> !run.process().isAlive() || committedTasks() > 0);
    List<ProcessHandle> executors = cluster().executors();
    assertThat(executors).hasSize(WORKERS);

    assertThat(executors.get(0).destroyForcibly()).isTrue();

    SparkSubmit.Result result = run.await();
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stderr()).contains("Lost executor");
    assertWhole(regions);
  }

  @Test
  void aKilledTasksRegionsArePredictedAgain() throws Exception {
    SparkSubmit.Result run =
        predict(submit().conf("spark.stoker.test.kill", "1500"), "20\n".repeat(800));

    assertThat(run.exitCode()).as(run.stderr()).isZero();
    assertThat(run.stderr()).contains("watcher: killed");
    assertWhole(800);
  }

  @Test
  void secondCopiesOfSlowTasksLeaveOneRowARegion() throws Exception {
    SparkSubmit.Result run =
        predict(
            submit()
                .conf("spark.speculation", "true")
                .conf("spark.speculation.efficiency.enabled", "false")
                .conf("spark.speculation.interval", "100ms")
                .conf("spark.speculation.quantile", "0.1")
                .conf("spark.speculation.multiplier", "1.1"),
            "10\n".repeat(400) + "4000\n".repeat(2));

    assertThat(run.exitCode()).as(run.stderr()).isZero();
    assertThat(run.stderr()).contains("watcher: a second copy");
    assertWhole(402);
  }

  /** {@code gpu.conf} starts all the others. */
  @ParameterizedTest
  @ValueSource(strings = {"conf/cpu.conf", "conf/gpu-rapids.conf"})
  void aJobStartsWithTheSettingsThatWeAdvise(String file) throws Exception {
    SparkSubmit.Result run =
        predict(
            small()
                .properties(Path.of(file))
                // The RAPIDS plugin itself ends an executor that has no GPU.
                .conf("spark.plugins", StokerPlugin.class.getName()),
            "0\n".repeat(20));

    assertThat(run.exitCode()).as(run.stderr()).isZero();
    assertThat(record().at("/executors/0/gpuAddresses")).hasSize(file.contains("gpu") ? 1 : 0);
    assertWhole(20);
  }

  @Test
  void refusalsEndWith3() throws Exception {
    SparkSubmit.Result run =
        small().run(Main.class.getName(), SparkHome.jobJar(), arguments("--fetch=nothing"));

    assertThat(run.exitCode()).as(run.stderr()).isEqualTo(3);
    assertThat(run.stderr()).contains("refused before the start", "manifest.csv does not exist");
    assertThat(home.resolve("out")).doesNotExist();
  }

  @Test
  void tooManyFailuresEndWith4() throws Exception {
    SparkSubmit.Result run = predict(small(), "no number\n".repeat(4) + "0\n".repeat(4));

    assertThat(run.exitCode()).as(run.stderr()).isEqualTo(4);
    assertThat(run.stderr()).contains("4 of 8 regions failed", "preprocess/transform");
    assertThat(home.resolve("out/_SUCCESS")).doesNotExist();
  }

  @Test
  void rowsThatAreLostAfterTheCommitEndWith5() throws Exception {
    SparkSubmit.Result run =
        predict(
            small()
                .conf("spark.sql.parquet.output.committer.class", LosingCommitter.class.getName()),
            "0\n".repeat(50));

    assertThat(run.exitCode()).as(run.stderr()).isEqualTo(5);
    assertThat(home.resolve("out/_SUCCESS")).doesNotExist();
  }

  @Test
  void anInterruptEndsWith130AndLeavesNothing() throws Exception {
    manifest("60000\n".repeat(100));
    SparkSubmit.Running run = small().start(Main.class.getName(), SparkHome.jobJar(), arguments());
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> !run.process().isAlive() || hasBegunToWrite());

    run.interrupt();

    SparkSubmit.Result result = run.await();
    assertThat(result.exitCode()).as(result.stderr()).isEqualTo(130);
    assertThat(result.stderr()).contains("stoker: interrupted; nothing was committed");
    assertThat(names(home)).containsExactly("manifest.csv");
  }

  @Test
  void inClusterModeADriverOnAWorkerDoesAllAndSparkSubmitEndsWith0() throws Exception {
    SparkSubmit.Result run = predict(submit().clusterMode(), "0\n".repeat(100));

    assertThat(run.exitCode()).as(run.stderr() + driverLogs()).isZero();
    assertThat(workerLogs()).contains("exited successfully");
    assertWhole(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"no number\n", "0\n"})
  void inClusterModeADriverThatFailsIsAFailureToTheClusterThoughNotToSparkSubmit(String row)
      throws Exception {
    boolean refused = row.startsWith("0");
    manifest(row.repeat(10));
    SparkSubmit.Result run =
        submit()
            .clusterMode()
            .run(
                Main.class.getName(),
                SparkHome.jobJar(),
                refused ? arguments("--fetch=nothing") : arguments());

    // Spark's own client ends so whatever becomes of the driver.
    assertThat(run.exitCode()).as(run.stderr() + driverLogs()).isZero();
    assertThat(workerLogs()).contains("exited with failure");
    assertThat(driverLogs()).contains(refused ? "refused before the start" : "all 10 failed");
    assertThat(home.resolve("out/_SUCCESS")).doesNotExist();
  }

  private static StandaloneCluster cluster() {
    StandaloneCluster running = cluster;
    if (running == null) {
      throw new IllegalStateException("the cluster was not started");
    }
    return running;
  }

  private static SparkSubmit submit() {
    return cluster()
        .submit(CORES)
        .jar(own)
        .conf("spark.extraListeners", TaskWatcher.class.getName())
        .conf("spark.driver.memory", "512m");
  }

  /** On one executor, which is there sooner than two. */
  private static SparkSubmit small() {
    return submit().conf("spark.cores.max", Integer.toString(CORES));
  }

  private SparkSubmit.Result predict(SparkSubmit submit, String rows)
      throws IOException, InterruptedException {
    manifest(rows);
    return submit.run(Main.class.getName(), SparkHome.jobJar(), arguments());
  }

  private void manifest(String rows) throws IOException {
    Files.writeString(home.resolve("manifest.csv"), "uri\n" + rows);
  }

  private String[] arguments(String... more) {
    var arguments =
        new ArrayList<>(
            List.of(
                "predict",
                "--manifest=" + home.resolve("manifest.csv"),
                "--model=" + model.graph(),
                "--preprocess=" + SlowLoader.class.getName(),
                "--batch=8",
                "--output=" + home.resolve("out")));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private void assertWhole(int regions) throws IOException {
    JsonNode counts = record().at("/counts");
    assertThat(counts.at("/ok").asInt()).isEqualTo(regions);
    assertThat(counts.at("/committed").asBoolean()).isTrue();
    assertThat(home.resolve("out/_SUCCESS")).exists();
  }

  private JsonNode record() throws IOException {
    return new ObjectMapper().readTree(home.resolve("out/_stoker/run.json").toFile());
  }

  private boolean hasBegunToWrite() throws IOException {
    return Files.isDirectory(home.resolve("out/_temporary"));
  }

  /** Tasks whose rows are committed, the job not yet. */
  private long committedTasks() throws IOException {
    Path job = home.resolve("out/_temporary/0");
    if (!Files.isDirectory(job)) {
      return 0;
    }
    try (Stream<Path> tasks = Files.list(job)) {
      return tasks.filter(task -> task.getFileName().toString().startsWith("task_")).count();
    }
  }

  private static String workerLogs() throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < WORKERS; i++) {
      text.append(Files.readString(shared.resolve("cluster/worker-" + i + ".log")));
    }
    return text.toString();
  }

  /** What drivers wrote that ran on workers. */
  private static String driverLogs() throws IOException {
    var text = new StringBuilder();
    try (Stream<Path> files = Files.walk(shared.resolve("cluster"))) {
      for (Path file : files.filter(ClusterTest::isDriverLog).toList()) {
        text.append(Files.readString(file));
      }
    }
    return text.toString();
  }

  private static boolean isDriverLog(Path file) {
    return file.toString().matches(".*/driver-[^/]+/(stdout|stderr)");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
