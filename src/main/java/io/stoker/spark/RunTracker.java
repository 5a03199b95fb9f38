package io.stoker.spark;

import io.stoker.runtime.PredictSpec.Failures;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Follows a run on the driver: adds up what finished tasks have reported and what running ones say
 * meanwhile, tells the {@link Progress}, and ends the run once too many regions have failed.
 *
 * <p>Thread-safe: Spark's scheduler, its message threads and the caller all come in. What running
 * tasks say is kept by split; the split's report, once it is there, counts instead.
 */
final class RunTracker implements AutoCloseable {
  /** Fewer say nothing: the first images may happen to be the bad ones. */
  static final long FEWEST_REGIONS = 1_000;

  private static final Map<String, RunTracker> OPEN = new ConcurrentHashMap<>();

  private final String run;
  private final Failures limit;
  private final Progress progress;
  private final Runnable cancel;
  private final RunTotals totals = new RunTotals(this::update);
  private final Map<Integer, LiveCounts.Count> live = new ConcurrentHashMap<>();
  private final AtomicBoolean tooManyFailures = new AtomicBoolean();
  private volatile long regions = Long.MAX_VALUE;

  /**
   * Follows a run until it is closed.
   *
   * @param cancel called once, if too many regions have failed; must return at once
   */
  RunTracker(String run, Failures limit, Progress progress, Runnable cancel) {
    this.run = run;
    this.limit = limit;
    this.progress = progress;
    this.cancel = cancel;
    OPEN.put(run, this);
  }

  /** Takes what running tasks of any run say. */
  static void deliver(List<LiveCounts.Count> counts) {
    for (LiveCounts.Count count : counts) {
      RunTracker tracker = OPEN.get(count.run());
      if (tracker != null) {
        tracker.take(count);
      }
    }
    OPEN.values().forEach(RunTracker::update);
  }

  /** What finished tasks add to. */
  RunTotals totals() {
    return totals;
  }

  /** Says how many regions there are, without which no failures are too many. */
  void regions(long count) {
    regions = count;
    progress.total(count);
  }

  /** Whether the run was ended since too many regions have failed. */
  boolean tooManyFailures() {
    return tooManyFailures.get();
  }

  private void take(LiveCounts.Count count) {
    // Of two attempts at one split the one that is further counts.
    live.merge(count.partition(), count, (a, b) -> a.done() >= b.done() ? a : b);
  }

  private void update() {
    RunTotals.Sum finished = totals.value();
    long done = finished.done();
    long failed = finished.failures();
    for (LiveCounts.Count count : live.values()) {
      if (!finished.partitions().get(count.partition())) {
        done += count.done();
        failed += count.failed();
      }
    }
    progress.done(done, failed, finished.tasks());
    // Measured against all regions, not those done: regions come in the order of their images, and
    // a folder that is missing must not end a run of which it is a small part.
    if (done >= FEWEST_REGIONS
        && limit.exceeded(failed, regions)
        && tooManyFailures.compareAndSet(false, true)) {
      cancel.run();
    }
  }

  @Override
  public void close() {
    OPEN.remove(run);
  }
}
