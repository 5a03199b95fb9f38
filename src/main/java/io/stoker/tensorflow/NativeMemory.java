package io.stoker.tensorflow;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A zeroed block of native memory that TensorFlow takes as it lies: its start is aligned to {@link
 * #ALIGNMENT} bytes.
 *
 * <p>Not counted by JavaCPP and not freed by the garbage collector: whoever allocates it closes it.
 * Tensors that look at it hold it by {@link #lend}; closing it while lent postpones the freeing to
 * the last return, so that a late device never reads freed memory.
 *
 * <p>Thread-safe; the memory itself has no protection.
 *
 * <p>Memory that is copied to a GPU is page-locked from its allocation to its freeing where that
 * works.
 */
final class NativeMemory implements AutoCloseable {
  /** What TensorFlow (Eigen with AVX-512) wants; less, and it copies. */
  static final int ALIGNMENT = 64;

  private final Pointer block;
  private final long address;
  private final long bytes;

  /** Has locked the block; null if it is plain memory. */
  private final @Nullable PageLock lockedBy;

  @GuardedBy("this")
  private int lent;

  @GuardedBy("this")
  private boolean closed;

  private NativeMemory(Pointer block, long address, long bytes, @Nullable PageLock lockedBy) {
    this.block = block;
    this.address = address;
    this.bytes = bytes;
    this.lockedBy = lockedBy;
  }

  /**
   * Allocates zeroed memory. The system gives large blocks page by page as they are first touched.
   *
   * @throws OutOfMemoryError if the system has not so much
   */
  static NativeMemory allocate(long bytes) {
    return allocate(bytes, null);
  }

  /**
   * Allocates zeroed memory, page-locked if that works; locking touches all of it.
   *
   * @param pageLock to lock it with; null for plain memory
   * @throws OutOfMemoryError if the system has not so much
   */
  static NativeMemory allocate(long bytes, @Nullable PageLock pageLock) {
    TensorFlowNative.load();
    int alignment = pageLock == null ? ALIGNMENT : PageLock.PAGE;
    long whole = roundUp(bytes, pageLock == null ? 1 : PageLock.PAGE);
    Pointer block = Pointer.calloc(1, whole + alignment);
    if (block == null || block.isNull()) {
      throw new OutOfMemoryError("no " + bytes + " bytes of native memory to be had");
    }
    long address = roundUp(block.address(), alignment);
    boolean locked = pageLock != null && pageLock.lock(address, whole);
    NativeCounters.MEMORIES.add(1);
    NativeCounters.MEMORY_BYTES.add(bytes);
    return new NativeMemory(block, address, bytes, locked ? pageLock : null);
  }

  private static long roundUp(long number, long unit) {
    return (number + unit - 1) / unit * unit;
  }

  long bytes() {
    return bytes;
  }

  long address() {
    return address;
  }

  /** A pointer to the bytes from there on. */
  Pointer at(long offset) {
    return Address.of(address + offset);
  }

  /** A view in native byte order; dangles once this is closed. */
  ByteBuffer view(long offset, int length) {
    if (offset < 0 || length < 0 || offset + length > bytes) {
      throw new IndexOutOfBoundsException(
          length + " bytes at " + offset + " of " + bytes + " bytes of native memory");
    }
    return Address.bytes(address + offset, length).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  /**
   * Notes that a tensor looks at it.
   *
   * @throws IllegalStateException if it is closed
   */
  synchronized void lend() {
    if (closed) {
      throw new IllegalStateException(bytes + " bytes of native memory used after their close");
    }
    lent++;
  }

  /** Notes that a tensor no longer looks at it. */
  synchronized void giveBack() {
    lent--;
    if (closed && lent == 0) {
      free();
    }
  }

  /** Frees it, at once or with the last {@link #giveBack}. Idempotent. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (lent == 0) {
      free();
    }
  }

  private void free() {
    if (lockedBy != null) {
      lockedBy.unlock(address);
    }
    Pointer.free(block);
    NativeCounters.MEMORIES.add(-1);
    NativeCounters.MEMORY_BYTES.add(-bytes);
  }
}
