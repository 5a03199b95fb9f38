package io.stoker.runtime;

import io.stoker.region.RegionResult;
import java.util.Iterator;

/**
 * One task's share of an executor's runtime: its regions' results, in the order of the regions.
 * Used by one thread. Closing it ends its work at once; it need not be read to the end.
 */
public interface RuntimeTask extends Iterator<RegionResult>, AutoCloseable {
  /** What the executor's runtime has done so far; more than this task's work. */
  ExecutorReport report();

  /** Gives everything back. Idempotent. */
  @Override
  void close();
}
