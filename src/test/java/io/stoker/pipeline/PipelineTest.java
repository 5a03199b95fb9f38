package io.stoker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoker.image.ImageException;
import io.stoker.region.Box;
import io.stoker.region.Failure.Reason;
import io.stoker.region.Region;
import io.stoker.region.RegionResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pipeline promises of its answers, whatever its sizes. */
@Timeout(
    value = 30,
    threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a hang must not hang the build
final class PipelineTest {
  static LongStream seeds() {
    Long given = Long.getLong("stoker.seed");
    return given != null ? LongStream.of(given) : LongStream.range(0, 40);
  }

  /** A random job: images of many sizes, and among the regions every kind of bad one. */
  private static final class RandomJob {
    final Bench bench = new Bench();
    final List<List<Region>> splits = new ArrayList<>();
    final Map<Region, Reason> bad = new HashMap<>();
    private final Random random;
    private long id;

    RandomJob(long seed) {
      random = new Random(seed);
      bench.seed = seed;
      bench.batch = 1 + random.nextInt(9);
      bench.fixedBatch = random.nextInt(3) == 0 ? bench.batch : 0;
      bench.decodeThreads = 1 + random.nextInt(4);
      bench.fetchThreads = 1 + random.nextInt(4);
      bench.inFlight = 1 + random.nextInt(3);
      bench.window = random.nextInt(3) == 0 ? 1 + random.nextInt(20) : 0;
      bench.boxOutside = BoxOutside.values()[random.nextInt(2) * 2]; // clamped ones change size
      // From what a few regions take to what several images do: strips, and waits for leases.
      bench.budgetBytes = 2_000 + random.nextInt(random.nextBoolean() ? 6_000 : 60_000);
      bench.maxTasks = 1 + random.nextInt(4);
      for (int split = 0; split < bench.maxTasks; split++) {
        splits.add(split(random.nextInt(30)));
      }
      bench.decoder.hook =
          (image, window) -> {
            if (image.seed() % 13 == 0) {
              throw new ImageException(Reason.TRUNCATED, "as told");
            }
          };
    }

    private List<Region> split(int images) {
      var regions = new ArrayList<Region>();
      for (int i = 0; i < images; i++) {
        int seed = random.nextInt(1_000);
        int width = Bench.SIDE + random.nextInt(60);
        int height = Bench.SIDE + random.nextInt(60);
        boolean missing = random.nextInt(20) == 0;
        var image = new FakeImage(seed, width, height, random.nextBoolean(), 8, 100);
        String uri = missing ? "mem:/missing" + id : bench.image(image);
        for (int count = 1 + random.nextInt(6); count > 0; count--) {
          int x = random.nextInt(width - Bench.SIDE + 2);
          int y = random.nextInt(height - Bench.SIDE + 2);
          var region = new Region(id++, uri, 0, new Box(x, y, Bench.SIDE, Bench.SIDE));
          regions.add(region);
          boolean outside = x + Bench.SIDE > width || y + Bench.SIDE > height;
          if (missing) {
            bad.put(region, Reason.NOT_FOUND);
          } else if (outside && bench.boxOutside == BoxOutside.FAIL) {
            bad.put(region, Reason.BOX_OUTSIDE_IMAGE);
          } else if (seed % 13 == 0) {
            bad.put(region, Reason.TRUNCATED);
          }
        }
      }
      return regions;
    }

    void check(List<RegionResult> results, List<Region> regions) {
      assertThat(results).hasSameSizeAs(regions);
      for (int i = 0; i < regions.size(); i++) {
        Reason reason = bad.get(regions.get(i));
        if (reason == null) {
          bench.assertOk(results.get(i), regions.get(i));
        } else {
          assertThat(results.get(i).region()).isEqualTo(regions.get(i));
          assertThat(Bench.failure(results.get(i)).reason()).isEqualTo(reason);
        }
      }
    }
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void answersEqualInputsInOrderForAnyWorkersBatchAndSplit(long seed) throws Exception {
    var job = new RandomJob(seed);
    try (Bench bench = job.bench.start()) {
      var answers = new ArrayList<Future<List<RegionResult>>>();
      for (List<Region> split : job.splits) {
        answers.add(bench.runAside(split));
      }
      for (int i = 0; i < answers.size(); i++) {
        job.check(answers.get(i).get(), job.splits.get(i));
      }
      long regions = job.splits.stream().mapToLong(List::size).sum();
      PipelineReport report = bench.pipeline.report();
      assertThat(report.regions()).isEqualTo(regions);
      assertThat(report.failures()).isEqualTo(job.bad.size());
      bench.awaitQuiet();
    }
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void closingAtAnyPointLeavesNothingAndHurtsNobodyElse(long seed) throws Exception {
    var job = new RandomJob(seed);
    var random = new Random(seed);
    try (Bench bench = job.bench.start()) {
      for (int round = 0; round < 3; round++) {
        var answers = new ArrayList<Future<List<RegionResult>>>();
        for (List<Region> split : job.splits.subList(1, job.splits.size())) {
          answers.add(bench.runAside(split));
        }
        List<Region> victim = job.splits.get(0);
        int taken = random.nextInt(victim.size() + 1);
        try (PipelineTask task = bench.pipeline.open(victim.iterator(), true)) {
          var results = new ArrayList<RegionResult>();
          for (int i = 0; i < taken; i++) {
            results.add(task.next());
          }
          job.check(results, victim.subList(0, taken));
        }
        for (int i = 0; i < answers.size(); i++) {
          job.check(answers.get(i).get(), job.splits.get(i + 1));
        }
        bench.awaitQuiet();
      }
    }
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void aKillAtAnyPointLeavesNothingAndTheThreadInterrupted(long seed) throws Exception {
    var job = new RandomJob(seed);
    try (Bench bench = job.bench.start()) {
      var killed = new CountDownLatch(1);
      Future<Boolean> victim =
          bench.aside(
              () -> {
                try (PipelineTask task = bench.pipeline.open(job.splits.get(0).iterator(), false)) {
                  Thread self = Thread.currentThread();
                  bench.aside(
                      () -> {
                        self.interrupt();
                        killed.countDown();
                        return null;
                      });
                  Bench.drain(task);
                  return true; // done before the kill
                } catch (CancellationException e) {
                  return Thread.currentThread().isInterrupted();
                } finally {
                  awaitUninterruptibly(killed);
                  assertThat(Thread.interrupted()).isTrue();
                }
              });
      assertThat(victim.get()).isTrue();
      bench.awaitQuiet();
      for (List<Region> split : job.splits) {
        job.check(bench.run(split), split);
      }
    }
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void closingThePipelineAtAnyPointEndsEveryTask(long seed) throws Exception {
    var job = new RandomJob(seed);
    var tasks = new ArrayList<Future<String>>();
    try (Bench bench = job.bench.start()) {
      for (List<Region> split : job.splits) {
        tasks.add(
            bench.aside(
                () -> {
                  try {
                    job.check(bench.run(split), split);
                    return "done";
                  } catch (IllegalStateException e) {
                    return e.getMessage();
                  }
                }));
      }
      for (int spin = new Random(seed).nextInt(200_000); spin > 0; spin--) {
        Thread.onSpinWait();
      }
      bench.pipeline.close();
      for (Future<String> task : tasks) {
        assertThat(task.get()).isIn("done", "the pipeline was closed", "the pipeline is closed");
      }
    }
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void twoTasksOnTheSmallestRingAndBudgetNeverHang(long seed) throws Exception {
    var random = new Random(seed);
    var bench = new Bench();
    bench.seed = seed;
    bench.batch = 1 + random.nextInt(3);
    bench.decodeThreads = 1 + random.nextInt(3);
    bench.fetchThreads = 1 + random.nextInt(3);
    bench.window = 1 + random.nextInt(4);
    bench.budgetBytes = 2 * 100 + 3 * 40 * 40; // the largest image, alone
    var splits = new ArrayList<List<Region>>();
    for (int split = 0; split < 2; split++) {
      var regions = new ArrayList<Region>();
      for (int i = 0; i < 20; i++) {
        int side = Bench.SIDE + random.nextInt(33);
        String uri = bench.image(new FakeImage(i, side, side, random.nextBoolean(), 8, 100));
        for (int count = random.nextInt(4); count >= 0; count--) {
          int at = random.nextInt(side - Bench.SIDE + 1);
          regions.add(new Region(i, uri, 0, new Box(at, at, Bench.SIDE, Bench.SIDE)));
        }
      }
      splits.add(regions);
    }
    try (bench) {
      bench.start();
      var first = bench.runAside(splits.get(0));
      var second = bench.runAside(splits.get(1));
      bench.assertAllOk(first.get(), splits.get(0));
      bench.assertAllOk(second.get(), splits.get(1));
      bench.awaitQuiet();
    }
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void answersThatNobodyTakesNeverExceedTheWindowsNorBatchesTheRing(long seed) throws Exception {
    var random = new Random(seed);
    var bench = new Bench();
    bench.seed = seed;
    bench.batch = 1 + random.nextInt(4);
    bench.inFlight = 1 + random.nextInt(3);
    bench.window = bench.batch + random.nextInt(6);
    var tasks = new ArrayList<Future<Integer>>();
    List<List<Region>> splits = List.of(bench.singles(40), bench.singles(40));
    try (bench) {
      bench.start();
      for (List<Region> split : splits) {
        int pauses = random.nextInt(20_000);
        tasks.add(bench.aside(() -> takeSlowly(bench, split, pauses)));
      }
      for (Future<Integer> task : tasks) {
        assertThat(task.get()).isEqualTo(40);
      }
      // A task's window has room again just before its row is taken, thus one more a task.
      assertThat(bench.predictor.peakAnswers.get()).isLessThanOrEqualTo(2 * (bench.window + 1));
      assertThat(bench.predictor.allocated).hasValue(bench.inFlight + 2);
    }
  }

  private static int takeSlowly(Bench bench, List<Region> split, int pauses) {
    int taken = 0;
    try (PipelineTask task = bench.pipeline.open(split.iterator(), false)) {
      while (task.hasNext()) {
        for (int spin = pauses; spin > 0; spin--) {
          Thread.onSpinWait();
        }
        task.next();
        bench.predictor.answers.decrementAndGet();
        taken++;
      }
    }
    return taken;
  }

  @Test
  void anEmptyTaskHasNothing() {
    try (Bench bench = new Bench().start()) {
      try (PipelineTask task = bench.pipeline.open(Collections.emptyIterator(), false)) {
        assertThat(task.hasNext()).isFalse();
        assertThatThrownBy(task::next).isInstanceOf(NoSuchElementException.class);
      }
      bench.awaitQuiet();
    }
  }

  @Test
  void regionsOfOneImageAreDecodedTogether() {
    var bench = new Bench();
    String uri = bench.image(FakeImage.of(1, 64, 64));
    List<Region> regions =
        Stream.of(new Box(0, 0, 8, 8), new Box(8, 0, 8, 8), new Box(4, 4, 8, 8))
            .map(box -> new Region(0, uri, 0, box))
            .toList();
    try (bench) {
      bench.start();
      bench.assertAllOk(bench.run(regions), regions);
      assertThat(bench.decoder.decodes).hasValue(1);
      assertThat(bench.pipeline.report().opens()).isEqualTo(1);
    }
  }

  @Test
  void aTaskBeyondThosePlannedWaitsUntilOneIsClosed() throws Exception {
    var bench = new Bench();
    bench.maxTasks = 1;
    List<Region> regions = bench.singles(9);
    try (bench) {
      bench.start();
      Future<List<RegionResult>> second;
      var asking = new AtomicReference<Thread>();
      try (PipelineTask first = bench.pipeline.open(regions.iterator(), false)) {
        second =
            bench.aside(
                () -> {
                  asking.set(Thread.currentThread());
                  return bench.run(regions);
                });
        await().until(() -> isWaiting(asking.get()));
        bench.assertAllOk(Bench.drain(first), regions);
        assertThat(second).isNotDone();
      }
      bench.assertAllOk(second.get(), regions);
    }
  }

  @Test
  void aTaskThatIsKilledWhileItWaitsForAnotherIsNotTakenIn() throws Exception {
    var bench = new Bench();
    bench.maxTasks = 1;
    try (bench) {
      bench.start();
      try (PipelineTask first = bench.pipeline.open(Collections.emptyIterator(), false)) {
        var asking = new AtomicReference<Thread>();
        Future<List<RegionResult>> second =
            bench.aside(
                () -> {
                  asking.set(Thread.currentThread());
                  return bench.run(List.of());
                });
        await().until(() -> isWaiting(asking.get()));
        Objects.requireNonNull(asking.get()).interrupt();
        assertThatThrownBy(second::get).hasCauseInstanceOf(CancellationException.class);
        assertThat(first.hasNext()).isFalse();
      }
      bench.assertAllOk(bench.run(List.of()), List.of());
    }
  }

  private static boolean isWaiting(@Nullable Thread thread) {
    return thread != null && thread.getState() == Thread.State.WAITING;
  }

  @Test
  void aThreadThatWouldWaitForItselfIsToldInstead() {
    var bench = new Bench();
    bench.maxTasks = 1;
    try (bench) {
      bench.start();
      try (PipelineTask task = bench.pipeline.open(Collections.emptyIterator(), false)) {
        assertThatThrownBy(() -> bench.pipeline.open(Collections.emptyIterator(), false))
            .hasMessageContaining("this thread has a task open");
        assertThat(task.hasNext()).isFalse();
      }
      bench.assertAllOk(bench.run(List.of()), List.of());
    }
  }

  @Test
  void noMoreIsReadThanDecodeThreadsWillSoonTake() throws Exception {
    var bench = new Bench();
    var go = bench.gate();
    List<Region> regions = bench.singles(300);
    bench.window = 600;
    bench.decoder.hook = (image, window) -> awaitLatch(go);
    try (bench) {
      bench.start();
      Future<List<RegionResult>> results = bench.runAside(regions);
      // What waits, what is being read, and what is being decoded.
      int most = 8 * bench.decodeThreads + bench.fetchThreads + bench.decodeThreads;
      await().until(() -> bench.pipeline.floor().toDecode().size() >= 8 * bench.decodeThreads);
      await().until(() -> bench.decoder.decodes.get() == bench.decodeThreads);
      assertThat(bench.pipeline.report().opens()).isLessThanOrEqualTo(most);
      go.countDown();
      bench.assertAllOk(results.get(), regions);
      assertThat(bench.pipeline.report().opens()).isEqualTo(300);
    }
  }

  @Test
  void aSlowImageDoesNotHoldUpTheOthers() throws Exception {
    var bench = new Bench();
    var go = bench.gate();
    List<Region> regions = bench.singles(200);
    bench.window = 200;
    bench.decoder.hook = (image, window) -> awaitLatch(image.seed() == 0 ? go : null);
    try (bench) {
      bench.start();
      Future<List<RegionResult>> results = bench.runAside(regions);
      // All the others are predicted but for less than one batch, which the slow one could fill.
      await().until(() -> bench.pipeline.report().ok() > 199 - bench.batch);
      assertThat(results.isDone()).isFalse();
      assertThat(bench.pipeline.report().paddedBatches()).isZero();
      go.countDown();
      bench.assertAllOk(results.get(), regions);
      assertThat(bench.pipeline.report().paddedBatches()).isZero();
    }
  }

  @Test
  void splitsOfOneAndAHalfBatchesInWavesPadOneBatchAWave() throws Exception {
    var bench = new Bench();
    bench.batch = 8;
    bench.maxTasks = 7;
    List<List<List<Region>>> waves = new ArrayList<>();
    for (int tasks : new int[] {7, 7, 6}) {
      waves.add(Stream.generate(() -> bench.singles(12)).limit(tasks).toList());
    }
    try (bench) {
      bench.start();
      for (List<List<Region>> wave : waves) {
        var go = bench.gate();
        bench.decoder.hook = (image, window) -> awaitLatch(go);
        var results = wave.stream().map(bench::runAside).toList();
        long regions = 12L * wave.size();
        await().until(() -> bench.pipeline.floor().ring().pendingRegions() == regions);
        go.countDown();
        for (int i = 0; i < wave.size(); i++) {
          bench.assertAllOk(results.get(i).get(), wave.get(i));
        }
        bench.awaitQuiet();
      }
      assertThat(bench.pipeline.report().paddedBatches()).isLessThanOrEqualTo(3);
      assertThat(bench.pipeline.report().batches()).isEqualTo(11 + 11 + 9);
    }
  }

  @Test
  void theTailOfAPaddedBatchIsZeroed() {
    var bench = new Bench();
    bench.batch = 8;
    bench.fixedBatch = 8;
    List<Region> regions = bench.singles(8 * 6 + 3); // every buffer was full before
    var zeroes = new ConcurrentLinkedQueue<Integer>();
    long zero = FakeImage.answer(ByteBuffer.allocate(Bench.SLOT.bytes()));
    try (bench) {
      bench.start();
      bench.predictor.hook =
          (buffer, first, count) ->
              zeroes.add(
                  (int)
                      IntStream.range(0, count)
                          .filter(index -> buffer.checksum(index) == zero)
                          .count());
      bench.assertAllOk(bench.run(regions), regions);
    }
    assertThat(zeroes).hasSize(7).containsOnlyOnce(5).contains(0);
  }

  @Test
  void aSlowWriterDoesNotMakeBatchesSmall() {
    var bench = new Bench();
    List<Region> regions = bench.singles(400);
    bench.window = 40;
    try (bench) {
      bench.start();
      var results = new ArrayList<RegionResult>();
      try (PipelineTask task = bench.pipeline.open(regions.iterator(), true)) {
        while (task.hasNext()) {
          results.add(task.next());
          // The writer takes so long that all else comes to rest.
          long admitted = Math.min(400, results.size() + 39);
          await().until(() -> bench.pipeline.report().ok() > admitted - 2 * bench.batch);
        }
      }
      bench.assertAllOk(results, regions);
      assertThat(bench.pipeline.report().batches()).isEqualTo(100);
    }
  }

  static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  static void awaitLatch(@Nullable CountDownLatch latch) {
    try {
      if (latch != null) {
        latch.await();
      }
    } catch (InterruptedException e) {
      throw new AssertionError("a decode was interrupted", e);
    }
  }
}
