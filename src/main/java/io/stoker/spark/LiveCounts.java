package io.stoker.spark;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the tasks that run in this process have done so far. Each task counts its own; {@link
 * StokerPlugin} tells the driver. Thread-safe.
 */
final class LiveCounts {
  private static final Set<Counter> RUNNING = ConcurrentHashMap.newKeySet();

  private LiveCounts() {}

  /** Begins to count a task's regions, until the counter is closed. */
  static Counter start(String run, int partition) {
    var counter = new Counter(run, partition);
    RUNNING.add(counter);
    return counter;
  }

  /** All tasks that run here now. */
  static List<Count> now() {
    return RUNNING.stream().map(Counter::now).toList();
  }

  /**
   * A task so far.
   *
   * @param run id of the run
   * @param partition the task's split
   * @param done regions with a row
   * @param failed those of them that failed
   */
  record Count(String run, int partition, long done, long failed) implements Serializable {}

  /** Counts for one task. Written by the task's thread alone, read by others. */
  static final class Counter implements AutoCloseable {
    private final String run;
    private final int partition;
    // One writer: reading it, adding and writing it back loses nothing.
    private volatile long done;
    private volatile long failed;

    private Counter(String run, int partition) {
      this.run = run;
      this.partition = partition;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void ok() {
      done++;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void failed() {
      failed++;
      done++;
    }

    private Count now() {
      long failures = failed; // first, so that it never exceeds done
      return new Count(run, partition, done, failures);
    }

    @Override
    public void close() {
      RUNNING.remove(this);
    }
  }
}
