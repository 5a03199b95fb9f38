package io.stoker.tensorflow;

import io.stoker.model.DataType;
import io.stoker.region.RegionOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies an output of a batch into one array a slot.
 *
 * <p>Unsigned 16 and 32 bits widen to {@code int} and {@code long}, since Java has neither; 8 bits,
 * signed or not, stay the {@code byte}s that they are.
 */
final class Outputs {
  private Outputs() {}

  /** Whether elements of that type can be returned. */
  static boolean supports(DataType type) {
    return switch (type) {
      case FLOAT32, FLOAT64, INT32, UINT8, INT16, INT8, INT64, BOOL, UINT16, UINT32, UINT64 -> true;
      case STRING, BFLOAT16, FLOAT16, OTHER -> false;
    };
  }

  /**
   * One output a slot, in order.
   *
   * @param tensor {@code [slots, ...]} of a supported type
   */
  static List<RegionOutput> split(NativeTensor tensor) {
    DataType type = tensor.type();
    long[] shape = tensor.shape();
    int[] slotShape = new int[shape.length - 1];
    int elements = 1;
    for (int i = 0; i < slotShape.length; i++) {
      slotShape[i] = Math.toIntExact(shape[i + 1]);
      elements = Math.multiplyExact(elements, slotShape[i]);
    }
    int slotBytes = Math.multiplyExact(elements, type.bytes());
    // One view of all slots where a buffer can hold them: making one is a native call.
    ByteBuffer all = tensor.byteSize() <= Integer.MAX_VALUE ? tensor.data() : null;
    int slots = Math.toIntExact(shape[0]);
    var outputs = new ArrayList<RegionOutput>(slots);
    for (int i = 0; i < slots; i++) {
      ByteBuffer slot =
          all != null
              ? all.slice(i * slotBytes, slotBytes).order(all.order())
              : tensor.view((long) i * slotBytes, slotBytes);
      outputs.add(new RegionOutput(slotShape.clone(), array(type, elements, slot)));
    }
    return outputs;
  }

  private static Object array(DataType type, int elements, ByteBuffer from) {
    switch (type) {
      case FLOAT32 -> {
        var values = new float[elements];
        from.asFloatBuffer().get(values);
        return values;
      }
      case FLOAT64 -> {
        var values = new double[elements];
        from.asDoubleBuffer().get(values);
        return values;
      }
      case INT32, UINT32 -> {
        var values = new int[elements];
        from.asIntBuffer().get(values);
        return values;
      }
      case INT64, UINT64 -> {
        var values = new long[elements];
        from.asLongBuffer().get(values);
        return values;
      }
      case INT16, UINT16 -> {
        var values = new short[elements];
        from.asShortBuffer().get(values);
        return values;
      }
      case UINT8, INT8 -> {
        var values = new byte[elements];
        from.get(values);
        return values;
      }
      case BOOL -> {
        var values = new boolean[elements];
        for (int i = 0; i < elements; i++) {
          values[i] = from.get() != 0;
        }
        return values;
      }
      default -> throw new IllegalStateException("outputs of type " + type + " were refused");
    }
  }
}
