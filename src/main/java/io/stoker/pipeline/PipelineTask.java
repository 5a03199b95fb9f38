package io.stoker.pipeline;

import io.stoker.region.RegionResult;
import java.util.Iterator;

/**
 * One task's share of a {@link Pipeline}: the results of its regions, in their order. It works ahead
 * only while it is asked for results, so its owner's pace is the writer's backpressure.
 *
 * <p>Used by one thread, in which it reads its regions. An interrupt of that thread ends {@link
 * #next} and {@link #hasNext} with a {@link java.util.concurrent.CancellationException}, and the
 * thread stays interrupted.
 */
public final class PipelineTask implements Iterator<RegionResult>, AutoCloseable {
  PipelineTask() {}

  /** Whether there are regions left. Reads regions, does not wait for answers. */
  @Override
  public boolean hasNext() {
    throw new UnsupportedOperationException();
  }

  /**
   * Waits for the next region's result.
   *
   * @throws java.io.UncheckedIOException if an image could not be read and this is not the last
   *     attempt
   * @throws PipelineException if the pipeline broke
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   * @throws IllegalStateException if the task or the pipeline was closed
   * @throws java.util.NoSuchElementException if there are no regions left
   */
  @Override
  public RegionResult next() {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends the task's work: at once for what has not begun; what decodes or runs just now ends by
   * itself, its answers are dropped. Does not wait. Idempotent, from any thread.
   */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
