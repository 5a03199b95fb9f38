package io.stoker.runtime;

import io.stoker.region.Region;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/**
 * The executor's half: one runtime (session, decode pool, ring, budget) a process and job, shared
 * by its tasks. Thread-safe.
 */
public final class Runtimes {
  private Runtimes() {}

  /**
   * Joins the runtime of that job, making it if this is the first task here.
   *
   * @param fingerprint of the job
   * @param job called if the runtime has to be made
   * @param resources what the executor has
   * @param regions the task's regions, those of one image together; read in the calling thread
   * @param lastAttempt whether broken reads fail their regions instead of the task
   */
  public static RuntimeTask open(
      String fingerprint,
      Supplier<PreparedJob> job,
      ExecutorResources resources,
      Iterator<Region> regions,
      boolean lastAttempt) {
    throw new UnsupportedOperationException("comes with the integration");
  }

  /** A report of each runtime that lives in this process, for progress. */
  public static List<ExecutorReport> reports() {
    throw new UnsupportedOperationException("comes with the integration");
  }
}
