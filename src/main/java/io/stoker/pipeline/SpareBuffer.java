package io.stoker.pipeline;

import io.stoker.model.PredictException;
import io.stoker.model.Predictor;
import io.stoker.model.Predictor.BatchBuffer;
import io.stoker.region.RegionOutput;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * A batch buffer beside the ring, to run some regions of a batch again with zeros around them,
 * where the batch size is fixed. Runners take turns. Thread-safe.
 */
final class SpareBuffer implements AutoCloseable {
  private final Predictor predictor;
  private final BatchBuffer buffer;

  /** One permit: the buffer is free. Given back by the predictor's release, not by the run. */
  private final Semaphore free = new Semaphore(1);

  SpareBuffer(Predictor predictor) {
    this.predictor = predictor;
    this.buffer = predictor.allocate(predictor.fixedBatch());
  }

  /**
   * Waits for the buffer, then runs these slots of the batch in it, from its first slot on.
   *
   * @param slots of the run; those beyond {@code count} are zero
   */
  List<List<RegionOutput>> run(Batch batch, int first, int count, int slots)
      throws PredictException {
    free.acquireUninterruptibly();
    for (int index = 0; index < slots; index++) {
      if (index < count) {
        buffer.slot(index).put(batch.buffer.slot(first + index));
      } else {
        Batch.zero(buffer.slot(index));
      }
    }
    return predictor.run(buffer, 0, slots, free::release);
  }

  /** Waits for the last release, then frees the memory. Call after the runners ended. */
  @Override
  public void close() {
    free.acquireUninterruptibly();
    buffer.close();
  }
}
