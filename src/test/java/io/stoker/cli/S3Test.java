package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.tensorflow.MeanModel;
import io.stoker.testing.FaultyProxy;
import io.stoker.testing.FaultyProxy.Seen;
import io.stoker.testing.ParquetRows;
import io.stoker.testing.S3Server;
import io.stoker.testing.SparkHome;
import io.stoker.testing.SparkSubmit;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command with all its files in an object store, a server of its own. */
@Tag("slow")
@Timeout(300)
final class S3Test {
  private static final int IMAGES = 40;
  private static final int BOXES = 5;
  private static final int SIDE = 32;
  private static final long SEED = Long.getLong("stoker.seed", 8);

  @TempDir private static Path shared = Path.of("");
  private static @Nullable S3Server server;

  /** By id, as predicted from local files. */
  private static Map<String, List<Float>> expected = Map.of();

  @TempDir private Path home = Path.of("");

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    Path in = shared.resolve("in");
    Files.createDirectories(in.resolve("images"));
    var random = new Random(SEED);
    var manifest = new StringBuilder("id,uri,x,y,width,height\n");
    for (int i = 0; i < IMAGES; i++) {
      var image = new BufferedImage(200, 150, BufferedImage.TYPE_INT_RGB);
      image.setRGB(0, 0, 200, 150, random.ints(200 * 150).toArray(), 0, 200);
      // Noise as PNG has 90 kB: what is read to see what it is does not hold it all.
      String name = "images/" + i + (i % 2 == 0 ? ".png" : ".jpg");
      ImageIO.write(image, i % 2 == 0 ? "png" : "jpg", in.resolve(name).toFile());
      for (int box = 0; box < BOXES; box++) {
        manifest.append("%d-%d,%s,%d,%d,%d,%d\n".formatted(i, box, name, 20 * box, 9, SIDE, SIDE));
      }
    }
    Files.writeString(in.resolve("manifest.csv"), manifest);
    MeanModel.write(in.resolve("mean.pb"), SIDE);
    S3Server store = S3Server.start(Files.createDirectory(shared.resolve("s3")));
    server = store;
    try (Stream<Path> files = Files.walk(in)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        store.put("in/" + in.relativize(file), file);
      }
    }
    SparkSubmit.Result local =
        new SparkSubmit(SparkHome.of(SparkHome.SPARK_4_1))
            .run(
                Main.class.getName(),
                SparkHome.jobJar(),
                arguments(in.toString(), shared.resolve("out").toString()));
    assertThat(local.exitCode()).as(local.stderr()).isZero();
    expected = ParquetRows.floats(shared.resolve("out"), "id", "mean");
    assertThat(expected).hasSize(IMAGES * BOXES);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void eachImageIsAskedForOnceRowsAreNotCopiedAndKeysNotLogged() throws Exception {
    Path events = Files.createDirectory(home.resolve("events"));
    try (var proxy = FaultyProxy.start(server().endpoint(), 0, SEED)) {
      SparkSubmit.Result run =
          submit(proxy.endpoint())
              // Not from the environment: Spark's configuration is what may be logged.
              .conf("spark.hadoop.fs.s3a.access.key", S3Server.KEY)
              .conf("spark.hadoop.fs.s3a.secret.key", S3Server.SECRET)
              .conf(
                  "spark.hadoop.fs.s3a.aws.credentials.provider",
                  "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider")
              .conf("spark.eventLog.enabled", "true")
              .conf("spark.eventLog.dir", events.toUri().toString())
              .conf("spark.eventLog.compress", "false")
              .run(
                  Main.class.getName(),
                  SparkHome.jobJar(),
                  arguments("s3a://bucket/in", "s3a://bucket/once", "--verbose"));

      assertThat(run.exitCode()).as(run.stderr()).isZero();
      assertThat(run.stdout() + run.stderr()).doesNotContain(S3Server.SECRET);
      assertThat(proxy.seen()).noneMatch(Seen::copies);
      Map<String, List<Seen>> images =
          proxy.seen().stream()
              .filter(request -> request.path().contains("/in/images/"))
              .collect(Collectors.groupingBy(Seen::path));
      assertThat(images).hasSize(IMAGES);
      images.forEach(
          (path, requests) -> {
            assertThat(requests)
                .as(path)
                .filteredOn(request -> request.method().equals("HEAD"))
                .hasSize(1);
            assertThat(requests)
                .as(path)
                .filteredOn(request -> request.method().equals("GET"))
                .hasSize(1);
            assertThat(requests).hasSize(2);
            assertThat((long) requests.stream().mapToInt(Seen::bytes).sum())
                .isEqualTo(size(path.replace("/bucket/", "")));
          });
    }
    try (Stream<Path> files = Files.walk(events)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file)).doesNotContain(S3Server.SECRET);
      }
    }
    assertThat(Files.readString(server().file("once/_stoker/run.json")))
        .doesNotContain(S3Server.SECRET);
    assertWhole("once");
  }

  @Test
  void aStoreThatFailsNowAndThenCostsNoRow() throws Exception {
    try (var proxy = FaultyProxy.start(server().endpoint(), 0.08, SEED)) {
      SparkSubmit.Result run =
          withKeys(proxy.endpoint())
              .run(
                  Main.class.getName(),
                  SparkHome.jobJar(),
                  arguments("s3a://bucket/in", "s3a://bucket/faults"));

      assertThat(run.exitCode()).as("-Dstoker.seed=" + SEED + "\n" + run.stderr()).isZero();
      assertThat(proxy.seen()).filteredOn(Seen::fault).hasSizeGreaterThan(10);
    }
    assertWhole("faults");
  }

  @Test
  void aStoreThatIsGoneIsARefusalThatNamesIt() throws Exception {
    URI nobody;
    try (var proxy = FaultyProxy.start(server().endpoint(), 0, SEED)) {
      nobody = proxy.endpoint();
    }

    SparkSubmit.Result run =
        withKeys(nobody)
            .conf("spark.hadoop.fs.s3a.retry.limit", "1")
            .run(
                Main.class.getName(),
                SparkHome.jobJar(),
                arguments("s3a://bucket/in", "s3a://bucket/none"));

    assertThat(run.exitCode()).as(run.stderr()).isEqualTo(3);
    assertThat(run.stderr()).contains("refused before the start", "s3a://bucket/none");
  }

  @Test
  void aStoreThatGoesMeanwhileEndsTheJobWithItsName() throws Exception {
    try (var proxy = FaultyProxy.start(server().endpoint(), 0, SEED)) {
      SparkSubmit.Running run =
          withKeys(proxy.endpoint())
              .conf("spark.hadoop.fs.s3a.attempts.maximum", "2")
              .conf("spark.hadoop.fs.s3a.retry.limit", "1")
              .start(
                  Main.class.getName(),
                  SparkHome.jobJar(),
                  arguments("s3a://bucket/in", "s3a://bucket/half"));
      await()
          .atMost(Duration.ofMinutes(2))
          .until(
              () ->
                  !run.process().isAlive()
                      || proxy.seen().stream().anyMatch(seen -> seen.path().contains("/images/")));

      proxy.close();

      SparkSubmit.Result result = run.await();
      assertThat(result.exitCode()).as(result.stderr()).isEqualTo(1);
      assertThat(result.stderr())
          .contains("failed unexpectedly", "Connection refused", "the store, or the network to it");
    }
    assertThat(server().file("half/_SUCCESS")).doesNotExist();
  }

  private static void assertWhole(String output) throws IOException {
    assertThat(server().file(output + "/_SUCCESS")).exists();
    assertThat(ParquetRows.floats(server().file(output), "id", "mean")).isEqualTo(expected);
  }

  private static long size(String key) {
    try {
      return Files.size(server().file(key));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static S3Server server() {
    S3Server running = server;
    if (running == null) {
      throw new IllegalStateException("the server was not started");
    }
    return running;
  }

  private static SparkSubmit withKeys(URI endpoint) throws IOException, InterruptedException {
    return submit(endpoint)
        .environment("AWS_ACCESS_KEY_ID", S3Server.KEY)
        .environment("AWS_SECRET_ACCESS_KEY", S3Server.SECRET);
  }

  private static SparkSubmit submit(URI endpoint) throws IOException, InterruptedException {
    SparkSubmit submit =
        new SparkSubmit(SparkHome.of(SparkHome.SPARK_4_1))
            .properties(Path.of("conf/s3a.conf"))
            .conf("spark.hadoop.fs.s3a.endpoint", endpoint.toString())
            .conf("spark.hadoop.fs.s3a.path.style.access", "true");
    S3Server.clientJars().forEach(submit::jar);
    return submit;
  }

  private static String[] arguments(String in, String out, String... more) {
    return Stream.concat(
            Stream.of(
                "predict",
                "--manifest=" + in + "/manifest.csv",
                "--model=" + in + "/mean.pb",
                "--output=" + out),
            Stream.of(more))
        .toArray(String[]::new);
  }
}
