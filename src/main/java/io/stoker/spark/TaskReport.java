package io.stoker.spark;

import io.stoker.region.Failure.Reason;
import io.stoker.runtime.ExecutorReport;
import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a task has done when it ends.
 *
 * @param partition its split
 * @param ok regions predicted
 * @param failed regions that were not, by reason
 * @param before the executor's runtime when the task joined it, or null if it needed none
 * @param after the runtime when the task left it, or null
 */
record TaskReport(
    int partition,
    long ok,
    Map<Reason, Long> failed,
    @Nullable ExecutorReport before,
    @Nullable ExecutorReport after)
    implements Serializable {
  /** Regions with a row. */
  long done() {
    return ok + failures();
  }

  /** Regions that failed. */
  long failures() {
    return failed.values().stream().mapToLong(Long::longValue).sum();
  }
}
