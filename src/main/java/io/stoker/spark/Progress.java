package io.stoker.spark;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.function.LongSupplier;

/**
 * How far a run is, for whoever wants to show it: give one to {@link Stoker#write} and ask it from
 * another thread. For one run. Thread-safe.
 */
public final class Progress {
  /** What a run does, in this order. */
  public enum Phase {
    /** Reads the model and checks it, on the driver. */
    MODEL,
    /** Reads the manifest and writes it down, numbered. */
    MANIFEST,
    /** Predicts and writes. */
    PREDICTING,
    /** Reads the committed rows back. */
    PROVING,
    /** Ended, well or badly. */
    ENDED
  }

  /**
   * A moment of a run.
   *
   * @param phase what it does
   * @param total regions of the manifest; 0 until it is numbered
   * @param done regions with a row
   * @param failed those of them that failed
   * @param splits tasks of the run; 0 until they are cut
   * @param finishedSplits those of them that are done
   * @param live whether counts move within tasks; else only finished tasks are counted, since the
   *     session was made without {@code spark.plugins=io.stoker.spark.StokerPlugin}
   * @param regionsPerSecond since the first region was done; 0 until then
   */
  public record Snapshot(
      Phase phase,
      long total,
      long done,
      long failed,
      int splits,
      int finishedSplits,
      boolean live,
      double regionsPerSecond) {}

  private static final double NANOS = 1e9;

  private final LongSupplier nanoClock;

  @GuardedBy("this")
  private Phase phase = Phase.MODEL;

  @GuardedBy("this")
  private long total;

  @GuardedBy("this")
  private long done;

  @GuardedBy("this")
  private long failed;

  @GuardedBy("this")
  private int splits;

  @GuardedBy("this")
  private int finishedSplits;

  @GuardedBy("this")
  private long startNanos;

  @GuardedBy("this")
  private long changedNanos;

  /** Nothing done yet. */
  public Progress() {
    this(System::nanoTime);
  }

  Progress(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** This moment. */
  public synchronized Snapshot now() {
    double seconds = (changedNanos - startNanos) / NANOS;
    return new Snapshot(
        phase,
        total,
        done,
        failed,
        splits,
        finishedSplits,
        StokerPlugin.installed(),
        seconds <= 0 ? 0 : done / seconds);
  }

  synchronized void enter(Phase next) {
    phase = next;
    if (next == Phase.PREDICTING) {
      startNanos = nanoClock.getAsLong();
      changedNanos = startNanos;
    }
  }

  synchronized void total(long regions) {
    total = regions;
  }

  synchronized void splits(int count) {
    splits = count;
  }

  /** Counts only grow: a task that is tried again does not take back what was shown. */
  synchronized void done(long regions, long failures, int finished) {
    if (regions > done) {
      changedNanos = nanoClock.getAsLong();
    }
    done = Math.max(done, regions);
    failed = Math.max(failed, failures);
    finishedSplits = Math.max(finishedSplits, finished);
  }
}
