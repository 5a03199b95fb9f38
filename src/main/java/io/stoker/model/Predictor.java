package io.stoker.model;

import io.stoker.region.RegionOutput;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Runs batches on a device. Thread-safe: {@link #run} may be called by several threads at once,
 * each on its own buffer, to have several runs in flight.
 */
public interface Predictor extends AutoCloseable {
  /** What the device is, for the run record: {@code CPU}, {@code GPU:0 NVIDIA H100 80GB HBM3}. */
  String device();

  /** Bytes of one slot. */
  int slotBytes();

  /** The batch size that every run must have, or 0 for any up to the buffer's capacity. */
  int fixedBatch();

  /**
   * Whether a run may have fewer than {@link #fixedBatch()} slots all the same, at a price: XLA
   * compiles the model once for each number of slots.
   */
  default boolean takesFewer() {
    return false;
  }

  /**
   * A buffer for batches, aligned and zeroed as the device likes it.
   *
   * @param slots its capacity
   */
  BatchBuffer allocate(int slots);

  /**
   * Predicts the first {@code count} slots of a buffer, in the calling thread, which must not be
   * interrupted for it to end: native runs do not see interrupts.
   *
   * <p>{@code released} is called exactly once, also when this throws: when neither the device nor
   * an output touches the buffer any more, which may be before or after this method returns, from
   * any thread. Only then may the buffer be written again. It must return at once and not call into
   * the predictor.
   *
   * @param first the first slot, usually 0
   * @param count how many slots, at least 1; {@link #fixedBatch()} if that is not 0, unless it
   *     {@link #takesFewer}
   * @return one list of outputs a slot, in order, copied out of the device's memory
   * @throws PredictException if the run failed
   */
  List<List<RegionOutput>> run(BatchBuffer buffer, int first, int count, Runnable released)
      throws PredictException;

  /** Frees everything. Call it after the last run returned; buffers become invalid. */
  @Override
  void close();

  /** Memory for a batch. Whoever was given it by {@link #allocate} closes it, after its release. */
  interface BatchBuffer extends AutoCloseable {
    /** Slots in it. */
    int capacity();

    /**
     * A view of one slot in native byte order, from position 0 to its size. Any thread may write
     * it; a slot must have one writer at a time.
     */
    ByteBuffer slot(int index);

    /** Frees the memory; views become invalid. */
    @Override
    void close();
  }
}
