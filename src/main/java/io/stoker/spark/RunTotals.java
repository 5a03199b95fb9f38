package io.stoker.spark;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.stoker.region.Failure.Reason;
import io.stoker.runtime.ExecutorReport;
import java.io.Serializable;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.util.AccumulatorV2;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the reports of finished tasks. Spark counts a partition's once, however often it was
 * tried.
 *
 * <p>On the driver Spark's scheduler merges and others read, so all state is under the object's
 * lock; the listener is called without it.
 */
final class RunTotals extends AccumulatorV2<TaskReport, RunTotals.Sum> {
  private static final long serialVersionUID = 1;

  /**
   * What the finished tasks have done.
   *
   * @param ok regions predicted
   * @param failed regions that were not, by reason
   * @param partitions which splits are finished
   * @param executors what each runtime did for them
   */
  record Sum(long ok, Map<Reason, Long> failed, BitSet partitions, List<ExecutorReport> executors)
      implements Serializable {
    int tasks() {
      return partitions.cardinality();
    }

    long failures() {
      return failed.values().stream().mapToLong(Long::longValue).sum();
    }

    long done() {
      return ok + failures();
    }

    /** What Spark's event log and pages show. */
    @Override
    public String toString() {
      return tasks() + " tasks, " + ok + " ok, " + failures() + " failed";
    }
  }

  private final transient @Nullable Runnable listener;

  @GuardedBy("this")
  private State state = State.NONE;

  /**
   * @param listener called on the driver after each task, by Spark's scheduler, so it must be quick
   */
  RunTotals(@Nullable Runnable listener) {
    this.listener = listener;
  }

  @Override
  public boolean isZero() {
    return state().partitions.isEmpty();
  }

  @Override
  public RunTotals copy() {
    var copy = new RunTotals(null);
    copy.add(state());
    return copy;
  }

  @Override
  public synchronized void reset() {
    state = State.NONE;
  }

  @Override
  public void add(TaskReport report) {
    add(State.of(report));
  }

  @Override
  public void merge(AccumulatorV2<TaskReport, Sum> other) {
    add(((RunTotals) other).state());
    if (listener != null) {
      listener.run();
    }
  }

  @Override
  public Sum value() {
    State now = state();
    return new Sum(
        now.ok,
        now.failed,
        now.partitions,
        now.runtimes.values().stream().map(RuntimeSpan::ofRun).toList());
  }

  private synchronized State state() {
    return state;
  }

  private synchronized void add(State other) {
    state = state.plus(other);
  }

  /** Immutable, so that it can be read without the lock. */
  private record State(
      long ok, Map<Reason, Long> failed, BitSet partitions, Map<String, RuntimeSpan> runtimes)
      implements Serializable {
    static final State NONE = new State(0, Map.of(), new BitSet(), Map.of());

    static State of(TaskReport report) {
      var partitions = new BitSet();
      partitions.set(report.partition());
      ExecutorReport before = report.before();
      ExecutorReport after = report.after();
      return new State(
          report.ok(),
          report.failed(),
          partitions,
          before == null || after == null
              ? Map.of()
              : Map.of(after.runtime(), new RuntimeSpan(before, after)));
    }

    State plus(State other) {
      var failures = new HashMap<>(failed);
      other.failed.forEach((reason, count) -> failures.merge(reason, count, Long::sum));
      var both = (BitSet) partitions.clone();
      both.or(other.partitions);
      var spans = new HashMap<>(runtimes);
      other.runtimes.forEach((id, span) -> spans.merge(id, span, RuntimeSpan::plus));
      return new State(ok + other.ok, Map.copyOf(failures), both, Map.copyOf(spans));
    }
  }
}
