package io.stoker.bench;

import io.stoker.image.ImageException;
import io.stoker.pipeline.PlainDecoder;
import io.stoker.region.Region;
import io.stoker.region.SlotSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** A batch in an array of floats, as Keras's generators make them. Used by one thread at a time. */
final class HeapBatch {
  private final int slotValues;
  private final boolean bytes;
  private final float[] values;
  private final byte[] row;
  private final ByteBuffer slot;

  HeapBatch(Workload work) {
    slotValues = work.slotValues();
    bytes = work.job().slot().type() == SlotSpec.Type.UINT8;
    values = new float[Math.multiplyExact(work.batch(), slotValues)];
    row = new byte[bytes ? slotValues : 0];
    slot = ByteBuffer.allocateDirect(work.job().slot().bytes()).order(ByteOrder.nativeOrder());
  }

  float[] values() {
    return values;
  }

  /** Decodes regions into the batch's first places, image by image. */
  void fill(PlainDecoder decoder, List<Region> regions) throws IOException, ImageException {
    int at = 0;
    for (List<Region> image : Workload.images(regions)) {
      int first = at;
      decoder.decode(image, slot, (filled, index) -> copy(first + index));
      at += image.size();
    }
  }

  private void copy(int index) {
    int offset = index * slotValues;
    if (bytes) {
      slot.get(0, row);
      for (int i = 0; i < slotValues; i++) {
        values[offset + i] = row[i] & 0xff;
      }
    } else {
      slot.asFloatBuffer().get(0, values, offset, slotValues);
    }
  }
}
