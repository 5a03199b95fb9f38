package io.stoker.tensorflow;

import java.io.Serializable;

/**
 * Which device runs a model, and what it may use.
 *
 * <p>Some of it is the process's rather than the session's, and the first session decides: the
 * number of intra-op threads, which GPUs are visible, how much of their memory may be taken,
 * whether ops are deterministic, and whether float32 may be TF32.
 *
 * @param device which device
 * @param intraOpThreads CPU threads that one op may spread over, at least 1
 * @param gpuMemoryFraction the share of a GPU's memory to take at most, above 0 and up to 1; it is
 *     taken as it is needed
 * @param visibleGpus numbers of the GPUs to see, such as {@code 0} or {@code 0,1}; empty for all
 * @param gpu the place of the one to run on among those to see, from 0
 * @param deterministic whether the same batch must give the same bits each time. The CPU's ops do
 *     so anyhow; on a GPU some then run slower and some refuse to run
 * @param precision in which the model computes; some are one device's only
 * @param xla whether XLA compiles the model: once, for one batch size
 */
public record DeviceOptions(
    Device device,
    int intraOpThreads,
    double gpuMemoryFraction,
    String visibleGpus,
    int gpu,
    boolean deterministic,
    Precision precision,
    boolean xla)
    implements Serializable {
  /** Where a model runs. */
  public enum Device {
    /** On a GPU if there is one, else on the CPU. */
    AUTO,
    CPU,
    /** On a GPU; without one the model is refused. */
    GPU
  }

  /** In which a model computes. What goes in and comes out keeps its type. */
  public enum Precision {
    /** As the model says. */
    FLOAT32,
    /** On a GPU, float32 with 10 bits of mantissa in products; on a CPU the same as float32. */
    TF32,
    /** On a GPU, float16 wherever TensorFlow takes it for harmless. */
    FLOAT16,
    /** On a CPU, bfloat16 wherever TensorFlow takes it for harmless. */
    BFLOAT16
  }

  /**
   * @throws IllegalArgumentException if a number is out of its range
   */
  public DeviceOptions {
    if (intraOpThreads < 1) {
      throw new IllegalArgumentException(
          "intra-op threads are " + intraOpThreads + ", expected at least 1");
    }
    if (!(gpuMemoryFraction > 0 && gpuMemoryFraction <= 1)) {
      throw new IllegalArgumentException(
          "the share of GPU memory is " + gpuMemoryFraction + ", expected above 0 and up to 1");
    }
    if (gpu < 0) {
      throw new IllegalArgumentException("the GPU's place is " + gpu + ", expected at least 0");
    }
    if (!visibleGpus.matches("(\\d+(,\\d+)*)?")) {
      throw new IllegalArgumentException(
          "visible GPUs are \"" + visibleGpus + "\", expected numbers such as 0 or 0,1");
    }
  }

  /** With TensorFlow's own precision, without XLA. */
  public DeviceOptions(
      Device device,
      int intraOpThreads,
      double gpuMemoryFraction,
      String visibleGpus,
      boolean deterministic) {
    this(
        device,
        intraOpThreads,
        gpuMemoryFraction,
        visibleGpus,
        0,
        deterministic,
        Precision.TF32,
        false);
  }

  /** With all of a GPU's memory to take. */
  public DeviceOptions(
      Device device, int intraOpThreads, String visibleGpus, boolean deterministic) {
    this(device, intraOpThreads, 1, visibleGpus, deterministic);
  }

  /** The same in another precision. */
  public DeviceOptions withPrecision(Precision value) {
    return new DeviceOptions(
        device, intraOpThreads, gpuMemoryFraction, visibleGpus, gpu, deterministic, value, xla);
  }

  /** The same with or without XLA. */
  public DeviceOptions withXla(boolean value) {
    return new DeviceOptions(
        device,
        intraOpThreads,
        gpuMemoryFraction,
        visibleGpus,
        gpu,
        deterministic,
        precision,
        value);
  }

  /** CUDA's number of the GPU to run on. */
  int ordinal() {
    return visibleGpus.isEmpty() ? gpu : Integer.parseInt(visibleGpus.split(",", -1)[gpu]);
  }

  /** The CPU with so many threads for one op. */
  public static DeviceOptions cpu(int intraOpThreads) {
    return new DeviceOptions(Device.CPU, intraOpThreads, "", false);
  }
}
