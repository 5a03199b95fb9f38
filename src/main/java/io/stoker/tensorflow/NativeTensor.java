package io.stoker.tensorflow;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_AllocateTensor;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteTensor;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_Dim;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewTensor;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NumDims;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_StringCopy;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_StringDealloc;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_StringGetDataPointer;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_StringGetSize;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_StringInit;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_TensorByteSize;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_TensorData;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_TensorElementCount;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_TensorType;

import io.stoker.model.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.tensorflow.internal.c_api.TF_TString;
import org.tensorflow.internal.c_api.TF_Tensor;

/**
 * A tensor in host memory, owned by whoever holds this and closed by it. Not thread-safe, but may
 * be handed from thread to thread.
 */
final class NativeTensor implements AutoCloseable {
  /** Bytes of one element of a string tensor. */
  static final int STRING_BYTES = 24;

  private @Nullable TF_Tensor handle;

  private NativeTensor(TF_Tensor handle) {
    this.handle = handle;
    NativeCounters.TENSORS.add(1);
  }

  /** Takes ownership of the handle. */
  static NativeTensor owning(TF_Tensor handle) {
    return new NativeTensor(handle);
  }

  /**
   * A tensor of TensorFlow's own memory.
   *
   * @param data the elements in native byte order, row-major; copied
   * @throws IllegalArgumentException if the shape wants another number of bytes
   */
  static NativeTensor of(DataType type, long[] shape, byte[] data) {
    NativeTensor tensor = allocate(type, shape);
    ByteBuffer to = tensor.data();
    if (to.capacity() != data.length) {
      tensor.close();
      throw new IllegalArgumentException(
          data.length
              + " bytes for "
              + Arrays.toString(shape)
              + " "
              + type.label()
              + ", expected "
              + to.capacity());
    }
    to.put(data);
    return tensor;
  }

  /** A float32 tensor of copied values. */
  static NativeTensor floats(long[] shape, float... values) {
    NativeTensor tensor = allocate(DataType.FLOAT32, shape);
    tensor.data().asFloatBuffer().put(values);
    return tensor;
  }

  /** An int32 tensor of copied values. */
  static NativeTensor ints(long[] shape, int... values) {
    NativeTensor tensor = allocate(DataType.INT32, shape);
    tensor.data().asIntBuffer().put(values);
    return tensor;
  }

  /** A vector of strings, in UTF-8. */
  static NativeTensor strings(List<String> values) {
    NativeTensor tensor =
        owning(
            TF_AllocateTensor(
                DataType.STRING.number(),
                new long[] {values.size()},
                1,
                (long) STRING_BYTES * values.size()));
    for (int i = 0; i < values.size(); i++) {
      byte[] value = values.get(i).getBytes(StandardCharsets.UTF_8);
      var text = new TF_TString(Address.of(tensor.address() + (long) i * STRING_BYTES));
      TF_StringInit(text); // TensorFlow deallocates it with the tensor
      try (var bytes = new BytePointer(Math.max(1, value.length))) {
        bytes.put(value, 0, value.length);
        TF_StringCopy(text, bytes, value.length);
      }
    }
    return tensor;
  }

  /** A scalar string of copied bytes. */
  static NativeTensor string(byte[] value) {
    TensorFlowNative.load();
    var text = new TF_TString(1);
    TF_StringInit(text);
    try (var bytes = new BytePointer(Math.max(1, value.length))) {
      bytes.put(value, 0, value.length);
      TF_StringCopy(text, bytes, value.length);
    }
    Pointer argument =
        Deallocator.register(
            () -> {
              TF_StringDealloc(text);
              text.deallocate();
            });
    return viewing(DataType.STRING, new long[0], text, STRING_BYTES, argument);
  }

  /**
   * A tensor over memory of ours, in place where it is aligned, else copied.
   *
   * @param argument from {@link Deallocator#register}: released when nothing looks at the memory
   *     any more, at once if it was copied, and also if this throws
   */
  static NativeTensor viewing(
      DataType type, long[] shape, Pointer data, long bytes, Pointer argument) {
    TF_Tensor tensor;
    try {
      tensor =
          TF_NewTensor(
              type.number(), shape, shape.length, data, bytes, Deallocator.CALLBACK, argument);
    } catch (RuntimeException | Error e) {
      Deallocator.release(argument);
      throw e;
    }
    if (tensor == null || tensor.isNull()) {
      // TensorFlow has released the memory by now: it makes the tensor before it checks the length.
      throw new IllegalArgumentException(
          bytes + " bytes are too few for " + Arrays.toString(shape) + " " + type.label());
    }
    return new NativeTensor(tensor);
  }

  private static NativeTensor allocate(DataType type, long[] shape) {
    TensorFlowNative.load();
    long bytes = type.bytes();
    for (long size : shape) {
      bytes = Math.multiplyExact(bytes, size);
    }
    return new NativeTensor(TF_AllocateTensor(type.number(), shape, shape.length, bytes));
  }

  /** For native calls; valid until this is closed. */
  TF_Tensor handle() {
    TF_Tensor open = handle;
    if (open == null) {
      throw new IllegalStateException("tensor used after its close");
    }
    return open;
  }

  DataType type() {
    return DataType.of(TF_TensorType(handle()));
  }

  /** Sizes of its dimensions; empty for a scalar. */
  long[] shape() {
    long[] shape = new long[TF_NumDims(handle())];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = TF_Dim(handle(), i);
    }
    return shape;
  }

  /** Size of its memory. */
  long byteSize() {
    return TF_TensorByteSize(handle());
  }

  /** Where its memory begins; 0 possible for an empty tensor. */
  long address() {
    Pointer data = TF_TensorData(handle());
    return data == null ? 0 : data.address();
  }

  /** Its elements in native byte order; dangles once this is closed. At most 2 GiB. */
  ByteBuffer data() {
    int bytes = Math.toIntExact(byteSize());
    return view(0, bytes);
  }

  /** Some of its bytes; dangles once this is closed. */
  ByteBuffer view(long offset, int length) {
    if (length == 0) {
      return ByteBuffer.allocate(0).order(ByteOrder.nativeOrder());
    }
    return Address.bytes(address() + offset, length).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  /** The elements of a string tensor, row-major, copied. */
  byte[][] strings() {
    if (type() != DataType.STRING) {
      throw new IllegalStateException("tensor holds " + type().label() + ", not strings");
    }
    byte[][] strings = new byte[Math.toIntExact(TF_TensorElementCount(handle()))][];
    for (int i = 0; i < strings.length; i++) {
      var text = new TF_TString(Address.of(address() + (long) i * STRING_BYTES));
      strings[i] = new byte[Math.toIntExact(TF_StringGetSize(text))];
      new BytePointer(TF_StringGetDataPointer(text)).get(strings[i]);
    }
    return strings;
  }

  /** Deletes the tensor; views of it become invalid. Idempotent. */
  @Override
  public void close() {
    if (handle != null) {
      TF_DeleteTensor(handle);
      handle = null;
      NativeCounters.TENSORS.add(-1);
    }
  }
}
