package io.stoker.tensorflow;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A constant of float32 or float64 values, read in place.
 *
 * @param shape sizes of its dimensions
 * @param count elements, row-major
 * @param values the element of a number
 */
record FloatingConstant(
    DataType type, List<Long> shape, int count, IntToDoubleFunction values, long storedBytes) {

  /** The node's value; null if it is no such constant, waits for a node, or is malformed. */
  static @Nullable FloatingConstant of(@Nullable NodeDef node) {
    if (node == null
        || !node.getOp().equals("Const")
        || node.getInputCount() > 0
        || !node.containsAttr("value")) {
      return null;
    }
    TensorProto tensor = node.getAttrOrThrow("value").getTensor();
    List<Long> shape =
        tensor.getTensorShape().getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
    long count = 1;
    for (long size : shape) {
      if (size < 1 || count > Integer.MAX_VALUE / 8 / size) {
        return null;
      }
      count *= size;
    }
    IntToDoubleFunction values = values(tensor, (int) count);
    return values == null
        ? null
        : new FloatingConstant(
            tensor.getDtype(), shape, (int) count, values, node.getSerializedSize());
  }

  private static @Nullable IntToDoubleFunction values(TensorProto tensor, int count) {
    ByteString content = tensor.getTensorContent();
    ByteBuffer bytes = content.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    // A list that is too short goes on with its last value.
    return switch (tensor.getDtype()) {
      case DT_FLOAT -> {
        int given = tensor.getFloatValCount();
        if (content.size() == 4L * count) {
          yield i -> bytes.getFloat(4 * i);
        }
        boolean listed = content.isEmpty() && given > 0 && given <= count;
        yield listed ? i -> tensor.getFloatVal(Math.min(i, given - 1)) : null;
      }
      case DT_DOUBLE -> {
        int given = tensor.getDoubleValCount();
        if (content.size() == 8L * count) {
          yield i -> bytes.getDouble(8 * i);
        }
        boolean listed = content.isEmpty() && given > 0 && given <= count;
        yield listed ? i -> tensor.getDoubleVal(Math.min(i, given - 1)) : null;
      }
      default -> null;
    };
  }

  /** Bytes of its elements. */
  long bytes() {
    return (long) count * elementBytes(type);
  }

  private static int elementBytes(DataType type) {
    return type == DataType.DT_FLOAT ? 4 : 8;
  }

  /**
   * A constant of computed values, rounded to the type.
   *
   * @return null if one of them is not finite
   */
  static @Nullable TensorProto write(
      DataType type, List<Long> shape, int count, IntToDoubleFunction values) {
    var bytes = ByteBuffer.allocate(count * elementBytes(type)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      double value = values.applyAsDouble(i);
      if (!Double.isFinite(type == DataType.DT_FLOAT ? (float) value : value)) {
        return null;
      }
      if (type == DataType.DT_FLOAT) {
        bytes.putFloat((float) value);
      } else {
        bytes.putDouble(value);
      }
    }
    return TensorProto.newBuilder()
        .setDtype(type)
        .setTensorShape(Nodes.shape(shape.stream().mapToLong(Long::longValue).toArray()))
        .setTensorContent(UnsafeByteOperations.unsafeWrap(bytes.array()))
        .build();
  }
}
