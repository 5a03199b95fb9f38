package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.iterator.StageTimes;
import io.stoker.pipeline.Knobs;
import io.stoker.pipeline.PipelineReport;
import io.stoker.pipeline.Starvation;
import io.stoker.region.Failure.Reason;
import io.stoker.runtime.ExecutorReport;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.PredictSpec.Failures;
import io.stoker.spark.FakeEngine.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@ExtendWith(SparkSessions.class)
final class RunTrackerTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Progress progress = new Progress(nanos::get);
  private final AtomicInteger cancelled = new AtomicInteger();

  @Test
  void aSplitCountsOnceHoweverItsTasksReport() {
    try (RunTracker tracker = tracker("5%")) {
      tracker.regions(100);
      say("run", 0, 10, 1);
      say("another run", 0, 50, 0);
      say("run", 0, 4, 0); // a second attempt, behind the first
      assertThat(progress.now().done()).isEqualTo(10);

      finish(tracker, 1, 20, 2);
      say("run", 1, 15, 0); // late
      assertThat(progress.now().done()).isEqualTo(32);
      assertThat(progress.now().failed()).isEqualTo(3);
      assertThat(progress.now().finishedSplits()).isEqualTo(1);
    }
  }

  @Test
  void aRunIsEndedOnceNoLuckCouldSaveIt() {
    try (RunTracker tracker = tracker("5%")) {
      tracker.regions(100_000);
      say("run", 0, 5_000, 5_000); // all of them so far, but not 5 % of all
      assertThat(cancelled).hasValue(0);
      say("run", 0, 5_001, 5_001);
      say("run", 0, 5_002, 5_002);
      assertThat(cancelled).hasValue(1);
      assertThat(tracker.tooManyFailures()).isTrue();
    }
  }

  @Test
  void noRunIsEndedBeforeAThousandRegions() {
    try (RunTracker tracker = tracker("0")) {
      tracker.regions(2_000);
      finish(tracker, 0, 0, 999);
      assertThat(cancelled).hasValue(0);
      finish(tracker, 1, 1, 0);
      assertThat(cancelled).hasValue(1);
    }
  }

  @Test
  void theRateIsOfTheTimeInWhichRegionsWereDone() {
    try (RunTracker tracker = tracker("5%")) {
      tracker.regions(100);
      progress.enter(Progress.Phase.PREDICTING);
      assertThat(progress.now().regionsPerSecond()).isZero();
      nanos.set(2_000_000_000L);
      say("run", 0, 10, 0);
      assertThat(progress.now().regionsPerSecond()).isEqualTo(5);
    }
  }

  @Test
  void aRuntimeThatServedOthersBeforeCountsForThisRunAlone() {
    try (RunTracker tracker = tracker("5%")) {
      RunTotals totals = tracker.totals();
      totals.merge(one(new TaskReport(0, 5, Map.of(), report("a", 100), report("a", 130))));
      totals.merge(one(new TaskReport(1, 5, Map.of(), report("a", 110), report("a", 150))));
      totals.merge(one(new TaskReport(2, 5, Map.of(), report("b", 0), report("b", 7))));

      assertThat(totals.value().executors())
          .extracting(executor -> executor.pipeline().ok())
          .containsExactlyInAnyOrder(50L, 7L);
    }
  }

  @Test
  void countsMoveWithinTasks(SparkSession spark, @TempDir Path folder) throws Exception {
    Path manifest = Rows.boxes(folder.resolve("m.csv"), 200);
    var watched = new Progress();
    var run =
        new FutureTask<>(
            () ->
                new WritingRun(
                        spark,
                        FakeEngine.with(Fault.HANGS),
                        ManifestSource.files(manifest.toString()),
                        PredictSpec.model("m").build(),
                        new OutputOptions(
                            folder.resolve("out").toString(), OutputOptions.Mode.ERROR),
                        watched)
                    .run());
    var thread = new Thread(run);
    thread.start();

    // Each of two tasks stops after its fifth region, and none has ended.
    await().atMost(Duration.ofMinutes(1)).until(() -> watched.now().done() == 10);

    assertThat(watched.now().live()).isTrue();
    assertThat(watched.now().total()).isEqualTo(200);
    assertThat(watched.now().finishedSplits()).isZero();
    assertThat(watched.now().phase()).isEqualTo(Progress.Phase.PREDICTING);
    thread.interrupt();
    await().atMost(Duration.ofMinutes(1)).until(run::isDone);
    await().atMost(Duration.ofMinutes(1)).until(() -> FakeEngine.OPEN.get() == 0);
    assertThat(watched.now().phase()).isEqualTo(Progress.Phase.ENDED);
    assertThat(LiveCounts.now()).isEmpty();
  }

  private RunTracker tracker(String limit) {
    return new RunTracker("run", Failures.parse(limit), progress, cancelled::incrementAndGet);
  }

  private static void say(String run, int partition, long done, long failed) {
    RunTracker.deliver(List.of(new LiveCounts.Count(run, partition, done, failed)));
  }

  private static void finish(RunTracker tracker, int partition, long ok, long failed) {
    tracker
        .totals()
        .merge(one(new TaskReport(partition, ok, Map.of(Reason.CORRUPT, failed), null, null)));
  }

  private static RunTotals one(TaskReport report) {
    var totals = new RunTotals(null);
    totals.add(report);
    return totals;
  }

  private static ExecutorReport report(String runtime, long ok) {
    var none = StageTimes.NONE;
    return new ExecutorReport(
        runtime,
        "host",
        "device",
        List.of(),
        false,
        0,
        1,
        1,
        null,
        null,
        0,
        1,
        1,
        new PipelineReport(
            ok,
            Starvation.NONE,
            none,
            none,
            none,
            none,
            none,
            ok,
            Map.of(),
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            new Knobs(1, 1)));
  }
}
