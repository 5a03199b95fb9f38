package io.stoker.pipeline;

import java.nio.ByteBuffer;

/** A region's place in a batch, from {@link BatchRing#claim} to {@link BatchRing#filled}. */
record Slot(Batch batch, int index) {
  /** Its bytes, native order, from position 0 to the slot's size; hold what an old batch left. */
  ByteBuffer bytes() {
    return batch.buffer.slot(index);
  }
}
