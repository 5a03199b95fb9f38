package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.PredictSpec.Failures;
import io.stoker.spark.FakeEngine.Fault;
import io.stoker.spark.OutputOptions.Mode;
import io.stoker.spark.StokerException.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@ExtendWith(SparkSessions.class)
final class WritingRunTest {
  private static final PredictSpec SPEC = PredictSpec.model("model.pb").build();

  private final SparkSession spark;
  private final Path folder;
  private Path out;

  WritingRunTest(SparkSession spark, @TempDir Path folder) {
    this.spark = spark;
    this.folder = folder;
    this.out = folder.resolve("out");
  }

  @AfterEach
  void noTaskLeavesItsRuntimeOpen() {
    assertThat(FakeEngine.OPEN).hasValue(0);
  }

  @Test
  void everyRegionHasExactlyOneRowWithItsOwnColumns() throws IOException {
    Path manifest =
        Rows.boxes(
            folder.resolve("m.csv"),
            203,
            ",0,0,10,10,nowhere",
            "bad.jpg,0,0,ten,10,bad box",
            "missing.jpg,0,0,10,10,lost");

    RunRecord record = run(manifest, new FakeEngine(), Mode.ERROR);

    assertThat(output().columns())
        .containsExactly(
            "uri",
            "x",
            "y",
            "width",
            "height",
            "site",
            "region_id",
            "region_key",
            "status",
            "failure",
            "score");
    assertRowsAreWhole(206);
    assertThat(record.counts().ok()).isEqualTo(203);
    assertThat(record.counts().reasons())
        .containsOnly(
            entry("manifest/null_uri", 1L),
            entry("manifest/bad_box", 1L),
            entry("read/not_found", 1L));
    assertThat(out.resolve("_SUCCESS")).exists();
  }

  @Test
  void tasksThatBreakAndAreTriedAgainLeaveOneRowARegion() throws IOException {
    RunRecord record = run(boxes(400), FakeEngine.with(Fault.FIRST_ATTEMPT), Mode.ERROR);

    assertRowsAreWhole(400);
    assertThat(record.counts().ok()).isEqualTo(400);
  }

  @Test
  void whatAnExecutorRefusesIsARefusalAndLeavesNothing() throws IOException {
    StokerException thrown =
        catchStoker(boxes(40), FakeEngine.with(Fault.REFUSED_BY_EXECUTOR), SPEC, Mode.ERROR);

    assertThat(thrown.exitCode()).isEqualTo(3);
    assertThat(thrown.problems()).containsExactly("no GPU is left", "and too little memory");
    assertThat(out).doesNotExist();
  }

  @Test
  void theLastAttemptIsToldThatItIs() throws IOException {
    FakeEngine.LAST_ATTEMPTS.clear();
    assertThatThrownBy(() -> run(boxes(40), FakeEngine.with(Fault.ALWAYS), Mode.ERROR))
        .hasStackTraceContaining("the executor is broken");

    assertThat(FakeEngine.LAST_ATTEMPTS).contains(false, true);
    assertThat(out).doesNotExist();
  }

  @Test
  void aRunLeavesItsRecord() throws IOException {
    run(boxes(100), new FakeEngine(), Mode.ERROR);

    JsonNode record = new ObjectMapper().readTree(out.resolve("_stoker/run.json").toFile());
    assertThat(record.path("outcome").asText()).isEqualTo("DONE");
    assertThat(record.path("fingerprint").asText()).isEqualTo("fingerprint");
    assertThat(record.path("spec").path("modelLocation").asText()).isEqualTo("model.pb");
    assertThat(record.path("counts").path("ok").asLong()).isEqualTo(100);
    assertThat(record.path("pipeline").path("ok").asLong()).isEqualTo(100);
    assertThat(record.path("executors")).hasSize(1);
    assertThat(record.path("devices").get(0).asText()).isEqualTo("no device");
    assertThat(record.path("manifest").path("base").asText()).isEqualTo("file:" + folder);
    assertThat(record.path("versions").path("spark").asText()).isEqualTo(spark.version());
    assertThat(record.path("outputColumns"))
        .extracting(JsonNode::asText)
        .containsExactly("region_id", "region_key", "status", "failure", "score");
  }

  @Test
  void swappedContentsAreFoundOut() throws IOException {
    Path manifest = boxes(100);

    StokerException thrown =
        FaultyCommitter.during(
            spark,
            rows -> ParquetFiles.rewrite(spark, rows, ParquetFiles::swapIds),
            () -> catchStoker(manifest, new FakeEngine(), SPEC, Mode.ERROR));

    assertThat(thrown.exitCode()).isEqualTo(5);
    assertThat(thrown).hasMessageContaining("as many rows as the manifest, 100, but not the same");
    assertThat(out.resolve("_SUCCESS")).doesNotExist();
    assertThat(recordedOutcome()).isEqualTo("UNPROVEN");
  }

  @Test
  void lostRowsAreFoundOut() throws IOException {
    Path manifest = boxes(100);

    StokerException thrown =
        FaultyCommitter.during(
            spark,
            rows -> ParquetFiles.rewrite(spark, rows, ParquetFiles::loseOne),
            () -> catchStoker(manifest, new FakeEngine(), SPEC, Mode.ERROR));

    assertThat(thrown.exitCode()).isEqualTo(5);
    assertThat(thrown).hasMessageContaining("99 rows, expected 100");
  }

  @Test
  void tooManyFailuresKeepTheRowsButNotTheMarker() throws IOException {
    Path manifest = missing(90, 10);

    StokerException thrown = catchStoker(manifest, new FakeEngine(), SPEC, Mode.ERROR);

    assertThat(thrown.exitCode()).isEqualTo(4);
    assertThat(thrown)
        .hasMessageContaining("10 of 100 regions failed")
        .hasMessageContaining("more than --max-failures 5%, the default, allows");
    assertThat(output().count()).isEqualTo(100);
    assertThat(out.resolve("_SUCCESS")).doesNotExist();
    assertThat(recordedOutcome()).isEqualTo("TOO_MANY_FAILURES");
  }

  @Test
  void aHopelessRunIsEndedEarly() throws IOException {
    Path manifest = missing(1_000, 4_000);

    StokerException thrown = catchStoker(manifest, new FakeEngine(), SPEC, Mode.ERROR);

    assertThat(thrown.exitCode()).isEqualTo(4);
    assertThat(thrown).hasMessageContaining("ended early");
    RunRecord record = Objects.requireNonNull(thrown.runRecord());
    assertThat(record.counts().committed()).isFalse();
    assertThat(recordedOutcome()).isEqualTo("TOO_MANY_FAILURES");
  }

  @Test
  void allowedFailuresAreRowsButOneRegionMustBePredicted() throws IOException {
    PredictSpec never = PredictSpec.model("m").maxFailures(Failures.parse("100%")).build();
    run(missing(1, 1_500), new FakeEngine(), never, Mode.ERROR);
    assertThat(out.resolve("_SUCCESS")).exists();

    Path hopeless = Rows.write(folder.resolve("none.csv"), "uri", "missing-1", "missing-2");
    StokerException thrown = catchStoker(hopeless, new FakeEngine(), never, Mode.OVERWRITE);

    assertThat(thrown.exitCode()).isEqualTo(4);
    assertThat(thrown).hasMessageContaining("no region was predicted: all 2 failed");
  }

  @Test
  void anOutputThatIsThereIsRefusedTogetherWithTheManifestsProblems() throws IOException {
    Files.createDirectories(out);
    Files.writeString(out.resolve("mine.txt"), "mine");
    Path manifest = Rows.write(folder.resolve("m.csv"), "file,x", "a.jpg,1");

    StokerException thrown = catchStoker(manifest, new FakeEngine(), SPEC, Mode.ERROR);

    assertThat(thrown.exit()).isEqualTo(Exit.REFUSED);
    assertThat(thrown.problems()).hasSize(3);
    assertThat(thrown)
        .hasMessageContaining("is not empty")
        .hasMessageContaining("no column uri")
        .hasMessageContaining("has x but not y, width, height");
    assertThat(out.resolve("mine.txt")).exists();
  }

  @Test
  void anOutputThatCannotBeWrittenIsRefusedTogetherWithTheManifestsProblems() throws IOException {
    Path manifest = Rows.write(folder.resolve("m.csv"), "file", "a.jpg");
    Files.writeString(folder.resolve("file"), "mine");

    for (String output :
        List.of("/proc/nope", folder + "/file/below/it", "nowhere://host/out", "s3a://bucket/x")) {
      StokerException thrown =
          catchThrowableOfType(
              StokerException.class, () -> run(ManifestSource.files(manifest.toString()), output));

      assertThat(thrown.exit()).as(output).isEqualTo(Exit.REFUSED);
      assertThat(thrown.problems()).hasSize(2);
      assertThat(thrown.problems().get(0))
          .startsWith("the output " + output + " cannot be written: ")
          .endsWith("; choose another folder, or see that this one can be reached and written");
      assertThat(thrown).hasMessageContaining("no column uri");
    }
    assertThat(folder.resolve("file")).hasContent("mine");
  }

  @Test
  void tryingTheOutputLeavesNothingBehind() throws IOException {
    Path manifest = Rows.write(folder.resolve("m.csv"), "file", "a.jpg");
    var source = ManifestSource.files(manifest.toString());
    Path empty = Files.createDirectory(folder.resolve("empty"));
    for (Path output : List.of(empty, folder.resolve("a/b/c"))) {
      assertThatThrownBy(() -> run(source, output.toString())).hasMessageContaining("no column");
    }
    run(boxes(4), new FakeEngine(), Mode.ERROR);
    assertThatThrownBy(
            () -> run(ManifestSource.files("none.csv"), new FakeEngine(), SPEC, Mode.OVERWRITE))
        .hasMessageContaining("does not exist");

    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.filter(Files::isDirectory)).containsExactlyInAnyOrder(empty, out);
    }
    assertThat(empty).isEmptyDirectory();
  }

  @Test
  void overwritingDeletesNothingButEarlierOutputs() throws IOException {
    Files.createDirectories(out);
    Files.writeString(out.resolve("photo.jpg"), "mine");

    StokerException thrown = catchStoker(boxes(4), new FakeEngine(), SPEC, Mode.OVERWRITE);

    assertThat(thrown.exitCode()).isEqualTo(3);
    assertThat(thrown).hasMessageContaining("photo.jpg");
    assertThat(out.resolve("photo.jpg")).exists();
  }

  @Test
  void overwritingKeepsTheOldOutputUntilTheNewOneIsProven() throws IOException {
    run(boxes(40), new FakeEngine(), Mode.ERROR);
    Path other = Rows.boxes(folder.resolve("other.csv"), 60);

    StokerException thrown =
        FaultyCommitter.during(
            spark,
            rows -> {
              assertThat(output().count()).isEqualTo(40);
              ParquetFiles.rewrite(spark, rows, ParquetFiles::swapIds);
            },
            () -> catchStoker(other, new FakeEngine(), SPEC, Mode.OVERWRITE));

    assertThat(thrown.exitCode()).isEqualTo(5);
    assertRowsAreWhole(40);
    assertThat(out.resolve("_SUCCESS")).exists();
    RunRecord record = Objects.requireNonNull(thrown.runRecord());
    assertThat(spark.read().parquet(String.valueOf(record.written())).count()).isEqualTo(60);

    assertThatThrownBy(() -> run(other, FakeEngine.with(Fault.ALWAYS), Mode.OVERWRITE))
        .hasStackTraceContaining("the executor is broken");
    assertRowsAreWhole(40);

    run(other, new FakeEngine(), Mode.OVERWRITE);
    assertRowsAreWhole(60);
    assertThat(siblings()).as("only the unproven one is left").hasSize(1);
  }

  @Test
  void anOutputsFailuresRunAgainInItsOwnPlace() throws IOException {
    PredictSpec many = PredictSpec.model("m").maxFailures(Failures.parse("50%")).build();
    run(missing(30, 10), new FakeEngine(), many, Mode.ERROR);
    var failures =
        ManifestSource.files(out.toString()).where("status = 'failed'").column("uri", "uri");

    StokerException thrown =
        catchThrowableOfType(
            StokerException.class, () -> run(failures, new FakeEngine(), many, Mode.OVERWRITE));

    assertThat(thrown).hasMessageContaining("all 10 failed");
    RunRecord record = Objects.requireNonNull(thrown.runRecord());
    assertThat(record.manifest().columns()).containsOnlyKeys("uri");
    assertThat(record.manifest().base()).isEqualTo("file:" + folder);
    assertThat(output().count()).as("the old output is kept").isEqualTo(40);
  }

  @Test
  void whatIsRefusedLeavesNothing() throws IOException {
    assertThat(catchStoker(boxes(4), FakeEngine.with(Fault.REFUSED), SPEC, Mode.ERROR).problems())
        .containsExactly("the model is no model", "and too large");
    assertThat(out).doesNotExist();

    Path clash = Rows.write(folder.resolve("clash.csv"), "uri,Score,STATUS", "a,1,2");
    StokerException thrown = catchStoker(clash, new FakeEngine(), SPEC, Mode.ERROR);
    assertThat(thrown.exitCode()).isEqualTo(3);
    assertThat(thrown).hasMessageContaining("two columns \"status\"");
    assertThat(out).doesNotExist();

    Path outputClash = Rows.write(folder.resolve("clash2.csv"), "uri,Score", "a,1");
    assertThat(catchStoker(outputClash, new FakeEngine(), SPEC, Mode.ERROR))
        .hasMessageContaining("two columns \"score\": one of the manifest, one of the model");
    assertThat(out).doesNotExist();

    Path empty = Rows.write(folder.resolve("empty.csv"), "uri,x,y,width,height");
    assertThat(catchStoker(empty, new FakeEngine(), SPEC, Mode.ERROR))
        .hasMessageContaining("has no rows");
    assertThat(out).doesNotExist();
  }

  @Test
  void anInterruptEndsTheRunAndRemovesWhatItMade() throws Exception {
    Path manifest = boxes(200);
    var run =
        new FutureTask<>(
            () -> catchStoker(manifest, FakeEngine.with(Fault.HANGS), SPEC, Mode.ERROR));
    var thread = new Thread(run);
    thread.start();
    await().atMost(Duration.ofMinutes(1)).until(() -> FakeEngine.HANGING.get() > 0);

    thread.interrupt();

    assertThat(run.get().exitCode()).isEqualTo(130);
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> FakeEngine.HANGING.get() == 0 && FakeEngine.OPEN.get() == 0);
    assertThat(out).doesNotExist();
  }

  @Test
  void anInterruptDuringTheChecksIsNoRefusal() throws Exception {
    Path manifest = boxes(4);
    var run =
        new FutureTask<>(
            () -> {
              Thread.currentThread().interrupt();
              return catchStoker(manifest, new FakeEngine(), SPEC, Mode.ERROR);
            });
    new Thread(run).start();

    assertThat(run.get().exitCode()).isEqualTo(130);
    assertThat(out).doesNotExist();
  }

  @Test
  void theSessionIsLeftAsItWas() throws IOException {
    run(boxes(4), new FakeEngine(), Mode.ERROR);

    var context = org.apache.spark.api.java.JavaSparkContext.fromSparkContext(spark.sparkContext());
    assertThat(context.getJobTags()).isEmpty();
    assertThat(context.getLocalProperty("spark.job.interruptOnCancel")).isNull();
    assertThat(context.sc().isStopped()).isFalse();
  }

  private void assertRowsAreWhole(int count) {
    List<Row> rows = output().orderBy("region_id").collectAsList();
    assertThat(rows.stream().map(row -> row.<Long>getAs("region_id")))
        .containsExactlyElementsOf(IntStream.range(0, count).mapToObj(i -> (long) i).toList());
    var sites = new HashSet<String>();
    for (Row row : rows) {
      sites.add(row.getAs("site"));
      if (row.getAs("status").equals("ok")) {
        long id = row.<Long>getAs("region_id");
        assertThat(row.getList(row.fieldIndex("score")))
            .isEqualTo(List.of((float) id, id * 0.5f, (float) -id));
        assertThat((Object) row.getAs("failure")).isNull();
      } else {
        assertThat((Object) row.getAs("score")).isNull();
        assertThat((Object) row.getAs("failure")).isNotNull();
      }
    }
    assertThat(sites).as("each with its own column that passes through").hasSize(count);
  }

  private Path boxes(int count) throws IOException {
    return Rows.boxes(folder.resolve("m.csv"), count);
  }

  private Path missing(int good, int missing) throws IOException {
    return Rows.write(
        folder.resolve("m.csv"),
        Stream.of(
                Stream.of("uri"),
                IntStream.range(0, good).mapToObj(i -> "img-" + i),
                IntStream.range(0, missing).mapToObj(i -> "missing-" + i))
            .flatMap(part -> part)
            .toArray(String[]::new));
  }

  private List<Path> siblings() throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith("_")).toList();
    }
  }

  private String recordedOutcome() throws IOException {
    return new ObjectMapper()
        .readTree(out.resolve("_stoker/run.json").toFile())
        .path("outcome")
        .asText();
  }

  private StokerException catchStoker(
      Path manifest, FakeEngine engine, PredictSpec spec, Mode mode) {
    return catchThrowableOfType(StokerException.class, () -> run(manifest, engine, spec, mode));
  }

  private RunRecord run(Path manifest, FakeEngine engine, Mode mode) {
    return run(manifest, engine, SPEC, mode);
  }

  private RunRecord run(Path manifest, FakeEngine engine, PredictSpec spec, Mode mode) {
    return run(ManifestSource.files(manifest.toString()), engine, spec, mode);
  }

  private void run(ManifestSource manifest, String output) {
    new WritingRun(
            spark,
            new FakeEngine(),
            manifest,
            SPEC,
            new OutputOptions(output, Mode.ERROR),
            new Progress())
        .run();
  }

  private RunRecord run(ManifestSource manifest, FakeEngine engine, PredictSpec spec, Mode mode) {
    return new WritingRun(
            spark, engine, manifest, spec, new OutputOptions(out.toString(), mode), new Progress())
        .run();
  }

  private Dataset<Row> output() {
    return spark.read().parquet(out.toString());
  }
}
