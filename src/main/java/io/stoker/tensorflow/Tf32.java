package io.stoker.tensorflow;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.sun.jna.NativeLibrary;
import io.stoker.model.ModelException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this process's GPUs may multiply float32 in TensorFloat-32, with 10 bits of mantissa
 * instead of 23, as TensorFlow lets them by default.
 *
 * <p>It is the process's rather than the session's: CUDA's libraries read it once, and TensorFlow
 * remembers the kernels it has chosen. So the first session on a GPU decides, and another one that
 * asks for full float32 after TF32 was used is refused rather than computed otherwise than it says.
 *
 * <p>Thread-safe.
 */
final class Tf32 {
  /** This process's. */
  static final Tf32 PROCESS = new Tf32(Tf32::switchOff);

  private static final Logger LOG = LoggerFactory.getLogger(Tf32.class);

  /** For cuBLAS and cuDNN. */
  private static final String OVERRIDE = "NVIDIA_TF32_OVERRIDE";

  // For TensorFlow's choice of kernels and the code that XLA generates, which no variable reaches:
  // tsl::enable_tensor_float_32_execution(bool).
  private static final String FRAMEWORK = "libtensorflow_framework.so.2";
  private static final String ENABLE = "_ZN3tsl32enable_tensor_float_32_executionEb";

  private enum State {
    UNDECIDED,
    OFF,
    USED
  }

  private final Runnable switchOff;

  @GuardedBy("this")
  private State state = State.UNDECIDED;

  /**
   * @param switchOff does it
   */
  Tf32(Runnable switchOff) {
    this.switchOff = switchOff;
  }

  /**
   * To be called before a session is opened that may be on a GPU.
   *
   * @throws ModelException if full float32 is asked for, too late
   */
  synchronized void before(DeviceOptions.Precision precision) throws ModelException {
    if (precision != DeviceOptions.Precision.FLOAT32) {
      return;
    }
    if (state == State.USED) {
      throw new ModelException(
          "--precision float32 comes too late: this process has computed with TF32 on its GPU, and"
              + " its first session decides; begin a new Spark application for it");
    }
    if (state == State.UNDECIDED) {
      switchOff.run();
    }
    state = State.OFF;
  }

  /** To be called when the session is known to be on a GPU. */
  synchronized void onGpu(DeviceOptions.Precision precision) {
    if (precision == DeviceOptions.Precision.FLOAT32) {
      return;
    }
    if (state == State.OFF) {
      LOG.warn(
          "this process has switched TF32 off for an earlier job, so float32 stays float32 on its"
              + " GPU: slower and more exact than asked for");
    } else {
      state = State.USED;
    }
  }

  private static void switchOff() {
    TensorFlowNative.load();
    TensorFlowNative.setEnvironment(OVERRIDE, "0", true);
    try {
      NativeLibrary.getInstance(FRAMEWORK).getFunction(ENABLE).invokeVoid(new Object[] {(byte) 0});
    } catch (LinkageError | RuntimeException e) {
      LOG.debug("{} is not called: {} is all that switches TF32 off", ENABLE, OVERRIDE, e);
    }
  }
}
