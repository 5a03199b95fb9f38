package io.stoker.spark;

import io.stoker.pipeline.PipelineException;
import io.stoker.region.Failure;
import io.stoker.region.Failure.Reason;
import io.stoker.region.Region;
import io.stoker.region.RegionResult;
import io.stoker.runtime.ExecutorReport;
import io.stoker.runtime.RuntimeTask;
import io.stoker.storage.UriResolver;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a task, as they are asked for. Used by the task's thread alone.
 *
 * <p>The runtime pulls regions ahead of its results; what was pulled and not yet answered waits in
 * {@code pulled}, in order. Rows without a region are answered here and never reach the runtime,
 * which is only opened for the first region: a task without any needs none.
 *
 * <p>The runtime is left after the last row, since one Spark task may compute several of these, one
 * after the other. Spark closes what is not read to the end: its completion listener runs however
 * the task ends.
 */
final class RegionRows implements Iterator<Row> {
  private final PredictPartition task;
  private final TaskContext context;
  private final Iterator<Row> input;
  private final ArrayDeque<Row> pulled = new ArrayDeque<>();
  private final LiveCounts.Counter counter;
  private final EnumMap<Reason, Long> failed = new EnumMap<>(Reason.class);
  private long ok;
  private @Nullable RuntimeTask runtime;
  private @Nullable ExecutorReport before;
  private @Nullable ExecutorReport after;

  /** The next row of the input, if it was looked at already. */
  private @Nullable Row peeked;

  RegionRows(PredictPartition task, Iterator<Row> input, TaskContext context) {
    this.task = task;
    this.context = context;
    this.input = input;
    counter = LiveCounts.start(task.run(), context.partitionId());
    // The cast chooses between two overloads, one of them Scala's.
    context.addTaskCompletionListener((TaskCompletionListener) ended -> end());
  }

  @Override
  public boolean hasNext() {
    boolean more = !pulled.isEmpty() || peek() != null;
    if (!more) {
      leave();
    }
    return more;
  }

  @Override
  public Row next() {
    if (context.isInterrupted()) {
      throw new TaskKilledException();
    }
    if (pulled.isEmpty()) {
      Row row = peek();
      if (row == null) {
        throw new NoSuchElementException();
      }
      Failure failure = PlanRows.failure(row);
      if (failure != null) {
        peeked = null;
        return failed(row, failure);
      }
    } else {
      Failure failure = PlanRows.failure(pulled.getFirst());
      if (failure != null) {
        return failed(pulled.removeFirst(), failure);
      }
    }
    RegionResult result = result();
    return answered(pulled.removeFirst(), result);
  }

  private RegionResult result() {
    try {
      return runtime().next();
    } catch (PipelineException e) {
      if (e.isProcessUnfit() && !task.cluster().isLocal()) {
        // What Spark ends an executor for; it starts another. A local one is the driver.
        throw new InternalError(e.getMessage(), e);
      }
      throw e;
    }
  }

  private Row answered(Row row, RegionResult result) {
    long id = result.region().id();
    if (id != PlanRows.id(row)) {
      throw new IllegalStateException(
          "the runtime answered region " + id + ", expected region " + PlanRows.id(row));
    }
    if (result instanceof RegionResult.Failed failure) {
      return failed(row, failure.failure());
    }
    ok++;
    counter.ok();
    var outputs = ((RegionResult.Ok) result).outputs();
    return task.rows().ok(PlanRows.manifest(row), id, PlanRows.key(row), outputs);
  }

  private Row failed(Row row, Failure failure) {
    failed.merge(failure.reason(), 1L, Long::sum);
    counter.failed();
    return task.rows().failed(PlanRows.manifest(row), PlanRows.id(row), PlanRows.key(row), failure);
  }

  private RuntimeTask runtime() {
    RuntimeTask open = runtime;
    if (open == null) {
      open =
          task.engine()
              .open(
                  task.job().key(),
                  task.job(),
                  task.resources(context),
                  new Regions(),
                  task.lastAttempt(context));
      runtime = open;
      before = open.report();
    }
    return open;
  }

  private @Nullable Row peek() {
    if (peeked == null && input.hasNext()) {
      peeked = input.next();
    }
    return peeked;
  }

  private void leave() {
    try (RuntimeTask open = runtime) {
      runtime = null;
      if (open != null) {
        after = open.report();
      }
    }
  }

  private void end() {
    counter.close();
    leave();
    RunTotals totals = task.totals();
    if (totals != null) {
      totals.add(new TaskReport(context.partitionId(), ok, failed, before, after));
    }
  }

  /** What the runtime pulls. */
  private final class Regions implements Iterator<Region> {
    @Override
    public boolean hasNext() {
      Row row = peek();
      while (row != null && PlanRows.failure(row) != null) {
        pulled.addLast(row);
        peeked = null;
        row = peek();
      }
      return row != null;
    }

    @Override
    public Region next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Row row = peek();
      if (row == null) {
        throw new NoSuchElementException();
      }
      pulled.addLast(row);
      peeked = null;
      Region region = PlanRows.region(row);
      UriResolver uris = task.uris();
      return uris == null
          ? region
          : new Region(region.id(), uris.resolve(region.uri()), region.page(), region.box());
    }
  }
}
