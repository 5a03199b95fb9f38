package io.stoker.pipeline;

import io.stoker.image.ImageDecoder;
import io.stoker.model.Predictor;
import io.stoker.region.Region;
import io.stoker.storage.Storage;
import java.util.Iterator;
import java.util.List;

/**
 * From regions to their results, once an executor: reads ahead, decodes into the slots of batches,
 * keeps several runs in flight, and puts the answers in order. Its threads, batch buffers and bytes
 * are shared by all tasks that are open.
 *
 * <p>Thread-safe.
 */
public final class Pipeline implements AutoCloseable {
  private Pipeline() {}

  /**
   * Allocates the ring and starts the threads, which inherit the caller's context class loader.
   *
   * @param predictor runs batches; lent, must outlive the pipeline
   * @param decoders asked in order; lent, must outlive the pipeline
   * @param storage where images are; lent
   * @param filling who makes a slot of a region
   * @throws IllegalArgumentException if the memory is too little (the message says how much is
   *     needed), or the options do not suit the predictor
   */
  public static Pipeline start(
      PipelineOptions options,
      Predictor predictor,
      List<ImageDecoder> decoders,
      Storage storage,
      Filling filling) {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes in a task.
   *
   * @param regions read in the thread that uses the task; those of one image must follow each other
   *     to be decoded together
   * @param lastAttempt whether a file that cannot be read (a broken connection, not a missing file)
   *     fails its regions; otherwise it fails the task, for Spark to try again elsewhere
   * @throws IllegalStateException if the pipeline is closed or as many tasks as planned are open
   * @throws PipelineException if the pipeline is broken
   */
  public PipelineTask open(Iterator<Region> regions, boolean lastAttempt) {
    throw new UnsupportedOperationException();
  }

  /** Clocks and counts since the start; cheap. */
  public PipelineReport report() {
    throw new UnsupportedOperationException();
  }

  /** Whether every further task would fail; make a new pipeline, in a new process at best. */
  public boolean isBroken() {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends all open tasks, joins the threads and frees the ring. A decode that hangs is not waited
   * for once it was written off. Idempotent.
   *
   * @throws IllegalStateException naming what leaked
   */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
