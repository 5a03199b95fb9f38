package io.stoker.tensorflow;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Page-locks memory that is copied to a GPU: from plain memory the driver copies a second time, to
 * a buffer of its own, at about a seventh of the speed.
 *
 * <p>It only tunes: memory that cannot be locked is used as it is, and that is said once.
 *
 * <p>Thread-safe.
 */
final class PageLock {
  /**
   * Locked blocks begin at a page and have whole pages: CUDA locks pages, and none of them twice.
   */
  static final int PAGE = 4096;

  /** Who locks pages; a seam for tests. */
  interface Cuda {
    /**
     * Locks the pages of a block.
     *
     * @return 0 or CUDA's error code
     */
    int register(long address, long bytes);

    /**
     * Unlocks them.
     *
     * @param address that was registered
     * @return 0 or CUDA's error code
     */
    int unregister(long address);
  }

  private final @Nullable Cuda cuda;
  private final Consumer<String> warn;

  @GuardedBy("this")
  private boolean warned;

  @GuardedBy("this")
  private long locked;

  @GuardedBy("this")
  private long refused;

  /**
   * @param cuda locks pages; null where there is no CUDA runtime
   * @param warn called once at most
   */
  PageLock(@Nullable Cuda cuda, Consumer<String> warn) {
    this.cuda = cuda;
    this.warn = warn;
  }

  /**
   * Locks a block, which must begin at a page and have whole pages.
   *
   * @return whether it is locked and wants {@link #unlock} before it is freed
   */
  boolean lock(long address, long bytes) {
    int error = cuda == null ? 0 : cuda.register(address, bytes);
    boolean done = cuda != null && error == 0;
    synchronized (this) {
      if (done) {
        locked++;
      } else {
        refused++;
      }
    }
    if (!done) {
      warn(
          cuda == null
              ? "no CUDA runtime (libcudart) is found to page-lock batches with; copies to the GPU"
                  + " are slower"
              : "CUDA does not page-lock "
                  + bytes
                  + " bytes (error "
                  + error
                  + "); copies of such batches to the GPU are slower");
    }
    return done;
  }

  /** Unlocks a block that {@link #lock} has locked. */
  void unlock(long address) {
    int error = cuda == null ? 0 : cuda.unregister(address);
    if (error != 0) {
      // The process or the device is about to end: in any other case CUDA knows the block.
      warn("CUDA does not unlock a page-locked batch (error " + error + ")");
    }
  }

  /** Whether blocks were locked, and all of them. */
  synchronized boolean works() {
    return locked > 0 && refused == 0;
  }

  private void warn(String text) {
    synchronized (this) {
      if (warned) {
        return;
      }
      warned = true;
    }
    warn.accept(text);
  }
}
