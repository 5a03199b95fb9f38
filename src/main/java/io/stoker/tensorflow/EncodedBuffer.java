package io.stoker.tensorflow;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_StringAssignView;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_StringInit;

import io.stoker.model.DataType;
import org.tensorflow.internal.c_api.TF_TString;

/**
 * An encoded image in native memory, and the string tensor that views it. Reused from image to
 * image. Not thread-safe.
 */
final class EncodedBuffer implements AutoCloseable {
  /** Kept between images; what a larger one needs is given back with its tensor. */
  private static final int KEPT_BYTES = 4 << 20;

  /** Room for the {@code TF_TString} before the bytes. */
  private static final int STRING_SPACE = NativeMemory.ALIGNMENT;

  private NativeMemory memory = NativeMemory.allocate(STRING_SPACE + (64 << 10));

  /** A scalar string of the array's first bytes. Close it before the next call. */
  NativeTensor tensor(byte[] encoded, int length) {
    makeRoom((long) STRING_SPACE + length);
    NativeMemory current = memory;
    current.view(STRING_SPACE, length).put(encoded, 0, length);
    var string = new TF_TString(current.at(0));
    TF_StringInit(string);
    TF_StringAssignView(string, Address.bytes(current.address() + STRING_SPACE, length), length);
    current.lend();
    return NativeTensor.viewing(
        DataType.STRING,
        new long[0],
        string,
        NativeTensor.STRING_BYTES,
        Deallocator.register(current::giveBack));
  }

  /** Gives back memory that an unusually large image has taken. */
  void trim() {
    if (memory.bytes() > KEPT_BYTES) {
      memory.close();
      memory = NativeMemory.allocate(STRING_SPACE + (64 << 10));
    }
  }

  private void makeRoom(long bytes) {
    if (bytes > memory.bytes()) {
      // Half as much again where it stays, or a slowly growing series would allocate each time.
      long ample = Math.max(bytes, Math.min(bytes + bytes / 2, KEPT_BYTES));
      memory.close();
      memory = NativeMemory.allocate(ample);
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
