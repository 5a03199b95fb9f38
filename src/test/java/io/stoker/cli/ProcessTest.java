package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.example.ExampleModel;
import io.stoker.example.Scene;
import io.stoker.spark.OutputOptions.Mode;
import io.stoker.testing.SparkHome;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The command as a process of its own: exit codes, Ctrl-C, and what is left behind. */
@Tag("slow")
@Timeout(300)
final class ProcessTest {
  private static final String ROWS_OF_A_MINUTE_EACH = "uri\n" + "60000\n".repeat(200);
  private static final int IMAGES = 28;
  private static final int ROWS_PER_IMAGE = 400;
  private static final long SEED = 5;

  @TempDir Path home = Path.of("");
  private Path work = home;
  private Path scratch = home;
  private Path started = home;

  @BeforeEach
  void folders() throws IOException {
    work = Files.createDirectory(home.resolve("work"));
    scratch = Files.createDirectory(home.resolve("scratch"));
    started = home.resolve("started");
    ExampleModel.write(home.resolve("model"));
  }

  @Test
  void aGoodRunEndsWith0AndLeavesTheOutputAlone() throws Exception {
    var child = predict("uri\n" + "0\n".repeat(100));

    assertThat(child.await()).as(child::log).isEqualTo(0);
    assertThat(child.log()).contains("100 regions: 100 ok, 0 failed").contains("verdict");
    assertThat(work.resolve("out/_SUCCESS")).exists();
    assertThat(names(work)).containsExactlyInAnyOrder("manifest.csv", "out");
    assertThat(names(scratch)).noneMatch(name -> name.startsWith("stoker-"));
  }

  @Test
  void ctrlCWhileTasksWaitEndsWith130AndLeavesNothingBehind() throws Exception {
    var child = predict(ROWS_OF_A_MINUTE_EACH);
    await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(started) || child.hasEnded());

    child.interrupt();

    assertThat(child.await()).as(child::log).isEqualTo(130);
    assertThat(child.log()).contains("stoker: interrupted; nothing was committed");
    assertThat(names(work)).containsExactly("manifest.csv");
    assertThat(names(scratch)).noneMatch(name -> name.startsWith("stoker-"));
  }

  @Test
  void ctrlCWhileSparkStartsIsNoFailure() throws Exception {
    Files.writeString(work.resolve("manifest.csv"), "uri\n0\n");
    var child = start("predict", "--manifest=manifest.csv", "--model=m.pb", "--output=out");
    // Made just before the session.
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                child.hasEnded()
                    || names(scratch).stream().anyMatch(name -> name.startsWith("stoker-")));

    child.interrupt();

    assertThat(child.await()).as(child::log).isEqualTo(130);
    assertThat(child.log())
        .contains("stoker: interrupted; nothing was committed")
        .doesNotContain("\tat ");
    assertThat(names(work)).containsExactly("manifest.csv");
    assertThat(names(scratch)).noneMatch(name -> name.startsWith("stoker-"));
  }

  @ParameterizedTest
  @EnumSource
  void ctrlCWhileTasksWriteLeavesNothingBehindButAnEarlierOutput(Mode mode) throws Exception {
    List<String> left = new ArrayList<>(List.of("manifest.csv"));
    if (mode == Mode.OVERWRITE) {
      assertThat(predictImages(images(1), mode).await()).isEqualTo(0);
      left.add("out");
    }
    // Killed tasks finish what they have in hand, here many regions of one image, and write.
    var child = predictImages(images(IMAGES), mode);
    await().atMost(Duration.ofMinutes(2)).until(() -> hasCommittedTask() || child.hasEnded());

    child.interrupt();

    assertThat(child.await()).as(child::log).isEqualTo(130);
    assertThat(child.log()).contains("stoker: interrupted; nothing was committed");
    assertThat(names(work)).containsExactlyInAnyOrderElementsOf(left);
    if (mode == Mode.OVERWRITE) {
      assertThat(work.resolve("out/_SUCCESS")).exists();
      assertThat(work.resolve("out/_stoker/run.json"))
          .content()
          .contains("\"regions\" : " + ROWS_PER_IMAGE + ",");
    }
  }

  @Test
  void mistakesInTheFlagsEndWith2BeforeAnySession() throws Exception {
    var child = start("predict", "--batch=0");

    assertThat(child.await()).as(child::log).isEqualTo(2);
    assertThat(child.log()).contains("--manifest is missing").contains("--batch: \"0\"");
  }

  @Test
  void aMissingManifestAndAMissingModelAreToldTogetherWith3() throws Exception {
    var child = start("predict", "--manifest=none.csv", "--model=f.pb", "--output=out");

    assertThat(child.await()).as(child::log).isEqualTo(3);
    assertThat(child.log())
        .contains("refused before the start")
        .contains("none.csv does not exist")
        .contains("f.pb");
    assertThat(names(work)).isEmpty();
  }

  @Test
  void tooManyFailuresEndWith4AndKeepTheRows() throws Exception {
    var child = predict("uri\n" + "no number\n".repeat(10));

    assertThat(child.await()).as(child::log).isEqualTo(4);
    assertThat(child.log())
        .contains("failures: preprocess/transform, such as uri no number: ")
        .doesNotContain("file:/");
    assertThat(work.resolve("out/_SUCCESS")).doesNotExist();
    assertThat(work.resolve("out/_stoker/run.json")).exists();
  }

  /** A manifest of whole images, all of them links to one, each many times over. */
  private String images(int count) throws IOException {
    Path folder = Files.createDirectories(home.resolve("images"));
    Path first = folder.resolve("0.jpg");
    if (!Files.exists(first)) {
      ImageIO.write(Scene.draw(SEED, 1200, 900).image(), "jpg", first.toFile());
    }
    var rows = new StringBuilder("uri\n");
    for (int i = 0; i < count; i++) {
      Path image = folder.resolve(i + ".jpg");
      if (!Files.exists(image)) {
        Files.createLink(image, first);
      }
      rows.append((image + "\n").repeat(ROWS_PER_IMAGE));
    }
    return rows.toString();
  }

  private Child predictImages(String manifest, Mode mode) throws IOException, InterruptedException {
    Files.writeString(work.resolve("manifest.csv"), manifest);
    return start(
        "predict",
        "--manifest=manifest.csv",
        "--model=" + home.resolve("model").resolve(ExampleModel.GRAPH),
        "--normalize=minus-one-one",
        "--mode=" + mode.name().toLowerCase(Locale.ROOT),
        "--output=out");
  }

  /** Whether rows are there that the job has not committed yet. */
  private boolean hasCommittedTask() {
    try (Stream<Path> files = Files.walk(work)) {
      return files
          .map(file -> work.relativize(file).toString())
          .anyMatch(name -> name.matches("[^/]+/_temporary/0/task_[^/]+"));
    } catch (IOException | UncheckedIOException e) {
      return false; // files come and go while we look
    }
  }

  private Child predict(String manifest) throws IOException, InterruptedException {
    Files.writeString(work.resolve("manifest.csv"), manifest);
    return start(
        "predict",
        "--manifest=manifest.csv",
        "--model=" + home.resolve("model").resolve(ExampleModel.GRAPH),
        "--preprocess=" + SlowLoader.class.getName(),
        "--output=out");
  }

  private Child start(String... arguments) throws IOException, InterruptedException {
    var classes = new ArrayList<String>();
    classes.add(SparkHome.jobJar().toString());
    SparkHome.natives().forEach(jar -> classes.add(jar.toString()));
    classes.add(SparkHome.of(SparkHome.SPARK_4_1).jars() + "/*");
    classes.add(SparkHome.target().resolve("test-classes").toString());
    var command = new ArrayList<String>();
    // A shell's background jobs ignore SIGINT, and so would the child of a build that is one.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("conf/java.options").toAbsolutePath());
    command.add("-Dlog4j2.configurationFile=" + Path.of("conf/log4j2.properties").toUri());
    command.add("-Djava.io.tmpdir=" + scratch);
    command.add("-Dstoker.test.started=" + started);
    command.add("-Dstoker.master=local[2]");
    command.addAll(
        List.of(
            "-Xmx1g", "-XX:TieredStopAtLevel=1", "-cp", String.join(File.pathSeparator, classes)));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    Path log = home.resolve("log");
    Process process =
        new ProcessBuilder(command)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    process.getOutputStream().close();
    return new Child(process, log);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private record Child(Process process, Path file) {
    boolean hasEnded() {
      return !process.isAlive();
    }

    void interrupt() throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
          .inheritIO()
          .start()
          .waitFor();
    }

    /** The exit code. */
    int await() throws InterruptedException {
      try {
        return process.waitFor(2, TimeUnit.MINUTES) ? process.exitValue() : -1;
      } finally {
        process.destroyForcibly();
      }
    }

    /** What it wrote, on stdout and stderr. */
    String log() {
      try {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      } catch (IOException e) {
        return e.toString();
      }
    }
  }
}
