package io.stoker.tensorflow;

import io.stoker.model.DataType;
import io.stoker.model.Predictor;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A batch buffer: slots one after another, the first aligned so that TensorFlow takes it in place.
 */
final class BatchMemory implements Predictor.BatchBuffer {
  private final NativeMemory memory;
  private final int capacity;
  private final int slotBytes;

  /** In plain memory. */
  BatchMemory(int capacity, int slotBytes) {
    this(capacity, slotBytes, null);
  }

  /**
   * @param pageLock to lock it with where it is copied to a GPU; else null
   */
  BatchMemory(int capacity, int slotBytes, @Nullable PageLock pageLock) {
    if (capacity < 1) {
      throw new IllegalArgumentException(
          "a batch buffer of " + capacity + " slots, expected at least 1");
    }
    this.capacity = capacity;
    this.slotBytes = slotBytes;
    this.memory = NativeMemory.allocate((long) capacity * slotBytes, pageLock);
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public ByteBuffer slot(int index) {
    Objects.checkIndex(index, capacity);
    return memory.view((long) index * slotBytes, slotBytes);
  }

  long address() {
    return memory.address();
  }

  /**
   * The slots as a tensor, which must be deleted.
   *
   * @param shape of the tensor, the first size being the number of slots
   * @param released called once when nothing looks at the slots any more, also if this throws
   */
  NativeTensor tensor(DataType type, long[] shape, int first, Runnable released) {
    Pointer argument;
    try {
      memory.lend();
      argument =
          Deallocator.register(
              () -> {
                memory.giveBack();
                released.run();
              });
    } catch (RuntimeException | Error e) {
      released.run();
      throw e;
    }
    return NativeTensor.viewing(
        type, shape, memory.at((long) first * slotBytes), shape[0] * slotBytes, argument);
  }

  @Override
  public void close() {
    memory.close();
  }
}
