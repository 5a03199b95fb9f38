package io.stoker.cli;

import io.stoker.runtime.PredictSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Batch, threads and memory of one executor. 0 stands for "choose". */
final class ResourceFlags {
  /** Set by {@code submit/stoker}: which of TensorFlow's builds it took. */
  private static final String NATIVES = "stoker.natives";

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = Converter.Count.class,
      description = "Regions a run. Default: chosen from the model's input and the memory.")
  int batch;

  @Option(
      names = "--decode-threads",
      paramLabel = "N",
      converter = Converter.Count.class,
      description = "Threads that decode and resize. Default: chosen from the executor's cores.")
  int decodeThreads;

  @Option(
      names = "--fetch-ahead",
      paramLabel = "N",
      converter = Converter.Count.class,
      description = "Images being read at once. Default: chosen.")
  int fetchAhead;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      converter = Converter.Count.class,
      description = "Runs started before the first is back. Default: chosen.")
  int inFlight;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      converter = Converter.Bytes.class,
      description =
          "Memory of one executor for batches, outputs and images, such as 2g. Default:"
              + " chosen from the executor's.")
  @Nullable Long memoryBytes;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|gpu",
      converter = Converter.Device.class,
      description =
          "Where the model runs; gpu refuses to run without one. simulated:MS runs no model at"
              + " all: a batch takes MS milliseconds, its answers mean nothing. Default: auto.")
  Converter.DeviceChoice device = Converter.DeviceChoice.AUTO;

  @Option(
      names = "--precision",
      paramLabel = "float32|tf32|float16|bfloat16",
      converter = Converter.Precision.class,
      description =
          "In which the model computes: tf32 is rounded float32 on GPUs and float32 on CPUs, float16"
              + " needs a GPU, bfloat16 a CPU. Default: tf32.")
  PredictSpec.Precision precision = PredictSpec.Precision.TF32;

  @Option(
      names = "--xla",
      description =
          "Compile the model with XLA, for batches of one size: seconds at the start, a faster device"
              + " afterwards.")
  boolean xla;

  @Option(
      names = "--deterministic",
      description = "Ask the device for the same bits each time; may be slower.")
  boolean deterministic;

  @Option(
      names = "--autotune",
      paramLabel = "on|off",
      converter = Converter.OnOff.class,
      description =
          "Measure the device for a second at the start, and choose threads and runs in flight"
              + " while working, where no flag sets them. Default: on.")
  boolean autotune = true;

  @Option(
      names = "--gpu-memory-fraction",
      paramLabel = "SHARE",
      converter = Converter.Share.class,
      description =
          "The share of a GPU's memory that the model's session may take, such as 0.5; it grows up to"
              + " that. Default: 0.9, less the RAPIDS plugin's pool.")
  double gpuMemoryFraction;

  @Option(
      names = "--verify-parity",
      paramLabel = "N",
      converter = Converter.Count.class,
      description =
          "Each executor runs its first N regions also on the CPU in float32 without XLA, and the"
              + " run record says how far the answers lie apart.")
  int verifyParity;

  /** Adds what cannot work here. */
  void check(List<String> problems) {
    if (device.device() == PredictSpec.Device.GPU && "cpu".equals(System.getProperty(NATIVES))) {
      problems.add(
          "--device gpu needs TensorFlow's CUDA build, but the one for CPUs is on the class path;"
              + " get it by STOKER_NATIVES=gpu submit/stoker ... (Linux x86-64)");
    }
    if (device.device() == PredictSpec.Device.SIMULATED && verifyParity > 0) {
      problems.add("--verify-parity compares a model's answers; a simulated device has none");
    }
    if (device.device() == PredictSpec.Device.CPU && precision == PredictSpec.Precision.FLOAT16) {
      problems.add("--precision float16 needs a GPU; with --device cpu take bfloat16 or float32");
    }
    if (device.device() == PredictSpec.Device.GPU && precision == PredictSpec.Precision.BFLOAT16) {
      problems.add("--precision bfloat16 needs a CPU; with --device gpu take float16");
    }
  }

  void apply(PredictSpec.Builder spec) {
    spec.batch(batch)
        .decodeThreads(decodeThreads)
        .fetchAhead(fetchAhead)
        .inFlight(inFlight)
        .memoryBytes(memoryBytes == null ? 0 : memoryBytes)
        .deterministic(deterministic)
        .precision(precision)
        .xla(xla)
        .autotune(autotune)
        .gpuMemoryFraction(gpuMemoryFraction)
        .verifyParity(verifyParity);
    device.apply(spec);
  }
}
