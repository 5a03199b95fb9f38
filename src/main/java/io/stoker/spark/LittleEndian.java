package io.stoker.spark;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Primitive arrays as bytes, in the order of numpy's {@code <f4} and its kin. */
final class LittleEndian {
  private LittleEndian() {}

  /** The elements one after the other; of booleans a byte each, 0 or 1. */
  static byte[] bytes(Object array) {
    if (array instanceof float[] values) {
      ByteBuffer bytes = allocate(values.length, Float.BYTES);
      bytes.asFloatBuffer().put(values);
      return bytes.array();
    } else if (array instanceof double[] values) {
      ByteBuffer bytes = allocate(values.length, Double.BYTES);
      bytes.asDoubleBuffer().put(values);
      return bytes.array();
    } else if (array instanceof long[] values) {
      ByteBuffer bytes = allocate(values.length, Long.BYTES);
      bytes.asLongBuffer().put(values);
      return bytes.array();
    } else if (array instanceof int[] values) {
      ByteBuffer bytes = allocate(values.length, Integer.BYTES);
      bytes.asIntBuffer().put(values);
      return bytes.array();
    } else if (array instanceof short[] values) {
      ByteBuffer bytes = allocate(values.length, Short.BYTES);
      bytes.asShortBuffer().put(values);
      return bytes.array();
    } else if (array instanceof byte[] values) {
      return values.clone();
    } else if (array instanceof boolean[] values) {
      var bytes = new byte[values.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (values[i] ? 1 : 0);
      }
      return bytes;
    }
    throw new IllegalArgumentException("expected a primitive array, got " + array.getClass());
  }

  private static ByteBuffer allocate(int elements, int elementBytes) {
    return ByteBuffer.allocate(Math.multiplyExact(elements, elementBytes))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
