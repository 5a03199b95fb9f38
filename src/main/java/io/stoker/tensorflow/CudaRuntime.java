package io.stoker.tensorflow;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is asked of CUDA's runtime library: page-locked memory. */
final class CudaRuntime implements PageLock.Cuda {
  private static final Logger LOG = LoggerFactory.getLogger(CudaRuntime.class);

  // TensorFlow's own first: it is loaded already. Page-locking is the same in each.
  private static final List<String> NAMES =
      List.of("libcudart.so.12", "libcudart.so.13", "libcudart.so");

  /** {@code cudaHostRegisterPortable}: locked for every context, TensorFlow's among them. */
  private static final int PORTABLE = 1;

  private final NativeLibrary library;
  private final int ordinal;

  private CudaRuntime(NativeLibrary library, int ordinal) {
    this.library = library;
    this.ordinal = ordinal;
  }

  /** For memory that is copied to that GPU; empty without the library. */
  static Optional<PageLock.Cuda> of(int ordinal) {
    for (String name : NAMES) {
      try {
        return Optional.of(new CudaRuntime(NativeLibrary.getInstance(name), ordinal));
      } catch (LinkageError e) {
        LOG.debug("no {}", name, e);
      }
    }
    return Optional.empty();
  }

  @Override
  public int register(long address, long bytes) {
    // The thread's device, or CUDA would make a context on GPU 0, which may be another's.
    int error = call("cudaSetDevice", ordinal);
    return error == 0 ? call("cudaHostRegister", new Pointer(address), bytes, PORTABLE) : error;
  }

  @Override
  public int unregister(long address) {
    return call("cudaHostUnregister", new Pointer(address));
  }

  private int call(String function, Object... arguments) {
    try {
      return library.getFunction(function).invokeInt(arguments);
    } catch (LinkageError | RuntimeException e) {
      LOG.debug("{} cannot be called", function, e);
      return -1;
    }
  }
}
