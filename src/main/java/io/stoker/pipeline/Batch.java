package io.stoker.pipeline;

import io.stoker.model.Predictor.BatchBuffer;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A batch buffer and whose regions are in it.
 *
 * <p>While it fills, the ring's lock guards it (slots' bytes apart: each has one writer). Then it
 * belongs to the runner that took it, until the last {@link #hold} is released: the runner has one,
 * and each run of the predictor's has one, since device or outputs may touch the buffer longer than
 * the run lasts.
 */
final class Batch {
  final BatchBuffer buffer;
  private final BatchRing ring;
  private final @Nullable Element[] elements;
  private final AtomicInteger holds = new AtomicInteger();

  /** Slots given out. */
  int claimed;

  /** Those of them whose bytes are complete. */
  int filled;

  Batch(BatchRing ring, BatchBuffer buffer) {
    this.ring = ring;
    this.buffer = buffer;
    this.elements = new @Nullable Element[buffer.capacity()];
  }

  /** The region in that slot, or null if the slot is a hole. */
  @Nullable Element element(int index) {
    return elements[index];
  }

  void place(int index, @Nullable Element element) {
    elements[index] = element;
  }

  void clear() {
    java.util.Arrays.fill(elements, null);
    claimed = 0;
    filled = 0;
  }

  /** Zeroes slots, so that nothing of an earlier batch is run again. */
  void zero(int first, int end) {
    for (int index = first; index < end; index++) {
      zero(buffer.slot(index));
    }
  }

  static void zero(ByteBuffer slot) {
    while (slot.remaining() >= Long.BYTES) {
      slot.putLong(0);
    }
    while (slot.hasRemaining()) {
      slot.put((byte) 0);
    }
    slot.rewind();
  }

  /** Keeps the buffer from being written again until {@link #release}. */
  void hold() {
    holds.incrementAndGet();
  }

  /** Ends one hold; with the last one the buffer returns to the ring. From any thread, at once. */
  void release() {
    if (holds.decrementAndGet() == 0) {
      ring.recycle(this);
    }
  }
}
