package io.stoker.spark;

import io.stoker.runtime.ExecutorReport;
import java.io.Serializable;
import java.util.Comparator;

/**
 * What one executor's runtime did for a run: the runtime may have served others before.
 *
 * @param before the earliest report that a task of the run has seen
 * @param after the latest
 */
record RuntimeSpan(ExecutorReport before, ExecutorReport after) implements Serializable {
  /** Reports are cumulative: of two, the one with more in it is the later. */
  private static final Comparator<ExecutorReport> BY_TIME =
      Comparator.<ExecutorReport>comparingLong(report -> report.pipeline().openNanos())
          .thenComparingLong(report -> report.pipeline().regions());

  /** Both together; of the same runtime. */
  RuntimeSpan plus(RuntimeSpan other) {
    return new RuntimeSpan(
        BY_TIME.compare(before, other.before) <= 0 ? before : other.before,
        BY_TIME.compare(after, other.after) >= 0 ? after : other.after);
  }

  /** The last report, with clocks and counts of the run alone. */
  ExecutorReport ofRun() {
    return after.with(after.pipeline().minus(before.pipeline()));
  }
}
