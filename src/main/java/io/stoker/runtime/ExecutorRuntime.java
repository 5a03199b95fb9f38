package io.stoker.runtime;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.stoker.image.ImageDecoder;
import io.stoker.model.Predictor;
import io.stoker.pipeline.BackOff;
import io.stoker.pipeline.Pipeline;
import io.stoker.pipeline.PipelineException;
import io.stoker.pipeline.PipelineTask;
import io.stoker.region.Region;
import io.stoker.region.RegionResult;
import io.stoker.tensorflow.TensorFlowPredictor;
import java.util.Iterator;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job's session, decode pool, ring and budget in one process. Thread-safe.
 *
 * <p>Owns what it is made of. Closes the pipeline first, so that no run and no decode is left when
 * session and decoder go.
 */
final class ExecutorRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorRuntime.class);

  private final String id = UUID.randomUUID().toString();
  private final Predictor predictor;
  private final ImageDecoder decoder;
  private final Pipeline pipeline;
  private final RuntimeStart start;

  @GuardedBy("this")
  private int tasks;

  @GuardedBy("this")
  private boolean closed;

  /** Takes over predictor, decoder and pipeline. */
  ExecutorRuntime(
      Predictor predictor, ImageDecoder decoder, Pipeline pipeline, RuntimeStart start) {
    this.predictor = predictor;
    this.decoder = decoder;
    this.pipeline = pipeline;
    this.start = start;
  }

  /** Keeps it open for a task that comes, and {@link #open} must follow; false if it was closed. */
  @CanIgnoreReturnValue
  synchronized boolean enter() {
    if (closed) {
      return false;
    }
    tasks++;
    return true;
  }

  /** Takes in the task that entered. Throws as {@link Pipeline#open} does. */
  RuntimeTask open(Iterator<Region> regions, boolean lastAttempt) {
    try {
      return new Task(pipeline.open(regions, lastAttempt));
    } catch (RuntimeException | Error e) {
      leave();
      throw e;
    }
  }

  /** Whether no task can succeed here any more. */
  boolean broken() {
    return pipeline.isBroken();
  }

  /** Closes it if no task is open. Says whether it did. */
  @CanIgnoreReturnValue
  boolean closeIfIdle() {
    synchronized (this) {
      if (tasks > 0) {
        return false;
      }
      if (closed) {
        return true;
      }
      closed = true;
    }
    closeParts();
    return true;
  }

  private void closeParts() {
    try {
      pipeline.close();
    } catch (PipelineException e) {
      // A thread hangs that may still touch the session: better to leak it than to crash.
      LOG.error("the runtime of an ended job stays in memory", e);
      return;
    } catch (RuntimeException e) {
      LOG.error("closing {} failed", pipeline, e);
    }
    // Each is closed even if one before it fails; a leak is a bug, but not the next job's.
    close(decoder);
    close(predictor);
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      LOG.error("closing {} failed", part, e);
    }
  }

  /** What was done here so far. */
  ExecutorReport report() {
    return new ExecutorReport(
        id,
        Host.NAME,
        predictor.device(),
        start.gpuAddresses(),
        start.pageLocked(),
        start.warmUpSeconds(),
        pipeline.batch(),
        pipeline.inFlight(),
        backOff(),
        predictor instanceof ParityPredictor parity ? parity.parity() : null,
        start.deviceImagesPerSecond(),
        TensorFlowPredictor.loadedModels(),
        TensorFlowPredictor.openSessions(),
        pipeline.report());
  }

  private @Nullable BackOff backOff() {
    BackOff since = pipeline.backOff();
    int before = start.warmUpHalvings();
    int steps = before + (since == null ? 0 : since.steps());
    return steps == 0 ? null : new BackOff(steps, pipeline.inFlight(), pipeline.batch());
  }

  private void leave() {
    synchronized (this) {
      tasks--;
    }
    if (broken()) {
      closeIfIdle(); // nobody will enter it again, and the next one needs its memory
    }
  }

  /** One task. Used by one thread, but may be closed by another. */
  private final class Task implements RuntimeTask {
    private final PipelineTask task;

    @GuardedBy("this")
    private boolean closed;

    Task(PipelineTask task) {
      this.task = task;
    }

    @Override
    public boolean hasNext() {
      return task.hasNext();
    }

    @Override
    public RegionResult next() {
      return task.next();
    }

    @Override
    public ExecutorReport report() {
      return ExecutorRuntime.this.report();
    }

    @Override
    public void close() {
      synchronized (this) {
        if (closed) {
          return;
        }
        closed = true;
      }
      task.close();
      leave();
    }
  }
}
