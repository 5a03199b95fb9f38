package io.stoker.spark;

import io.stoker.iterator.StageTimes;
import io.stoker.model.ChannelOrder;
import io.stoker.model.DataType;
import io.stoker.model.Head;
import io.stoker.model.ModelOptimization;
import io.stoker.model.Normalization;
import io.stoker.model.SplicedModel;
import io.stoker.model.TensorSpec;
import io.stoker.pipeline.Knobs;
import io.stoker.pipeline.PipelineReport;
import io.stoker.pipeline.Starvation;
import io.stoker.region.Failure;
import io.stoker.region.Failure.Reason;
import io.stoker.region.Region;
import io.stoker.region.RegionOutput;
import io.stoker.region.RegionResult;
import io.stoker.region.SlotSpec;
import io.stoker.runtime.CheckedJob;
import io.stoker.runtime.ExecutorReport;
import io.stoker.runtime.ExecutorResources;
import io.stoker.runtime.OutputColumn;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.PreparedJob;
import io.stoker.runtime.RefusedException;
import io.stoker.runtime.RuntimeTask;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;

/**
 * Answers regions by arithmetic, reading ahead as the real one does; or fails in the ways that its
 * {@link Fault} says. A region whose URI contains {@code missing} is not found.
 *
 * @param batch regions a run
 * @param columns the model's
 * @param fault what goes wrong
 */
record FakeEngine(int batch, List<OutputColumn> columns, Fault fault) implements Engine {
  /** What goes wrong. */
  enum Fault {
    NONE,
    /** The model is refused. */
    REFUSED,
    /** An executor finds that it cannot run the job. */
    REFUSED_BY_EXECUTOR,
    /** Each task's first attempt breaks after some regions. */
    FIRST_ATTEMPT,
    /** Every task breaks. */
    ALWAYS,
    /** Tasks wait for an interrupt after their first regions. */
    HANGS
  }

  static final OutputColumn SCORE =
      new OutputColumn("score", OutputColumn.Kind.VECTOR, DataType.FLOAT32, 0);

  /** Regions that a task breaks after, and how many it reads ahead. */
  private static final int FEW = 5;

  static final AtomicInteger OPEN = new AtomicInteger();
  static final AtomicInteger MOST_OPEN = new AtomicInteger();
  static final AtomicInteger HANGING = new AtomicInteger();
  static final AtomicInteger OPENED = new AtomicInteger();
  static final ConcurrentLinkedQueue<ExecutorResources> RESOURCES = new ConcurrentLinkedQueue<>();
  static final ConcurrentLinkedQueue<Boolean> LAST_ATTEMPTS = new ConcurrentLinkedQueue<>();
  private static final AtomicLong ANSWERED = new AtomicLong();

  FakeEngine() {
    this(4, List.of(SCORE), Fault.NONE);
  }

  static FakeEngine with(Fault fault) {
    return new FakeEngine(4, List.of(SCORE), fault);
  }

  @Override
  public CheckedJob check(PredictSpec spec, int cores, Map<String, String> hadoop)
      throws RefusedException {
    if (fault == Fault.REFUSED) {
      throw new RefusedException(List.of("the model is no model", "and too large"));
    }
    var slot = new SlotSpec(2, 2, 3, SlotSpec.Type.UINT8);
    var head =
        new Head(2, 2, 3, DataType.UINT8, 2, 2, ChannelOrder.RGB, Normalization.NONE, false, false);
    var output = new TensorSpec("score", "score:0", DataType.FLOAT32, TensorSpec.shapeOf(-1, 3));
    var job =
        new PreparedJob(
            spec,
            "fingerprint",
            "sha",
            ModelOptimization.none(1),
            new SplicedModel(new byte[] {1, 2, 3}, "x", head, batch, List.of(output)),
            slot,
            PreparedJob.Filling.COPY,
            columns);
    return shapes -> job;
  }

  @Override
  public RuntimeTask open(
      String key,
      Supplier<PreparedJob> job,
      ExecutorResources resources,
      Iterator<Region> regions,
      boolean lastAttempt) {
    if (!job.get().key().equals(key)) {
      throw new AssertionError("another job arrived");
    }
    if (fault == Fault.REFUSED_BY_EXECUTOR) {
      throw new RefusedException(List.of("no GPU is left", "and too little memory"));
    }
    MOST_OPEN.accumulateAndGet(OPEN.incrementAndGet(), Math::max);
    OPENED.incrementAndGet();
    RESOURCES.add(resources);
    LAST_ATTEMPTS.add(lastAttempt);
    return new Task(fault, regions, TaskContext.get().attemptNumber());
  }

  /** The score that a region gets. */
  static float[] score(long id) {
    return new float[] {id, id * 0.5f, -id};
  }

  private static final class Task implements RuntimeTask {
    private final Fault fault;
    private final Iterator<Region> regions;
    private final int attempt;
    private final ArrayDeque<Region> ahead = new ArrayDeque<>();
    private int answered;
    private boolean closed;

    Task(Fault fault, Iterator<Region> regions, int attempt) {
      this.fault = fault;
      this.regions = regions;
      this.attempt = attempt;
    }

    @Override
    public boolean hasNext() {
      while (ahead.size() < FEW && regions.hasNext()) {
        ahead.addLast(regions.next());
      }
      return !ahead.isEmpty();
    }

    @Override
    public RegionResult next() {
      if (!hasNext()) {
        throw new AssertionError("asked for more results than there are regions");
      }
      if (answered == FEW) {
        misbehave();
      }
      answered++;
      ANSWERED.incrementAndGet();
      Region region = ahead.removeFirst();
      if (region.uri().contains("missing")) {
        return new RegionResult.Failed(
            region, new Failure(Reason.NOT_FOUND, region.uri() + " does not exist"));
      }
      return new RegionResult.Ok(
          region, List.of(new RegionOutput(new int[] {3}, score(region.id()))));
    }

    private void misbehave() {
      if (fault == Fault.ALWAYS || (fault == Fault.FIRST_ATTEMPT && attempt == 0)) {
        throw new IllegalStateException("the executor is broken");
      } else if (fault == Fault.HANGS) {
        HANGING.incrementAndGet();
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted", e);
        } finally {
          HANGING.decrementAndGet();
        }
      }
    }

    @Override
    public ExecutorReport report() {
      return new ExecutorReport(
          "fake",
          "here",
          "no device",
          List.of(),
          false,
          0,
          1,
          1,
          null,
          null,
          0,
          1,
          1,
          pipeline(ANSWERED.get()));
    }

    @Override
    public void close() {
      if (!closed) {
        OPEN.decrementAndGet();
      }
      closed = true;
    }
  }

  private static PipelineReport pipeline(long ok) {
    var none = StageTimes.NONE;
    return new PipelineReport(
        ok,
        Starvation.NONE,
        none,
        none,
        none,
        none,
        none,
        ok,
        Map.of(),
        ok,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        new Knobs(1, 1));
  }
}
