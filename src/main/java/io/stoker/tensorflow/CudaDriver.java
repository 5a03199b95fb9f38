package io.stoker.tensorflow;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;
import java.util.Optional;

/** What the CUDA driver says of a GPU that TensorFlow's C API keeps to itself: its name. */
final class CudaDriver {
  private static final int NAME_BYTES = 256;

  private CudaDriver() {}

  /** {@code NVIDIA H100 80GB HBM3}; empty without a driver or such a GPU. */
  static Optional<String> deviceName(int ordinal) {
    try {
      var driver = NativeLibrary.getInstance("libcuda.so.1");
      var device = new IntByReference();
      var name = new Memory(NAME_BYTES);
      boolean known =
          succeeds(driver, "cuInit", 0)
              && succeeds(driver, "cuDeviceGet", device, ordinal)
              && succeeds(driver, "cuDeviceGetName", name, NAME_BYTES, device.getValue());
      return known ? Optional.of(name.getString(0).strip()) : Optional.empty();
    } catch (LinkageError | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** CUDA's version that it was made for, 12060 for 12.6; empty without a driver. */
  static Optional<Integer> version() {
    try {
      var driver = NativeLibrary.getInstance("libcuda.so.1");
      var version = new IntByReference();
      return succeeds(driver, "cuDriverGetVersion", version)
          ? Optional.of(version.getValue())
          : Optional.empty();
    } catch (LinkageError | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static boolean succeeds(NativeLibrary driver, String function, Object... arguments) {
    return driver.getFunction(function).invokeInt(arguments) == 0;
  }
}
