package io.stoker.tensorflow;

import com.google.protobuf.InvalidProtocolBufferException;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.proto.RewriterConfig;

/** Sessions' settings, as serialized {@code ConfigProto}s. */
final class SessionConfig {
  /** Runs in the calling thread: 4 microseconds of overhead a run instead of 22 and more. */
  private static final int CALLING_THREAD = -1;

  private SessionConfig() {}

  /** For a model. */
  static byte[] model(DeviceOptions options) {
    var config =
        base(options.intraOpThreads())
            // Ops that a GPU lacks run on the CPU.
            .setAllowSoftPlacement(true)
            .setGraphOptions(graph(options));
    if (options.device() == DeviceOptions.Device.CPU) {
      config.putDeviceCount("GPU", 0);
    } else {
      config.setGpuOptions(
          GPUOptions.newBuilder()
              .setAllowGrowth(true)
              .setPerProcessGpuMemoryFraction(options.gpuMemoryFraction())
              .setVisibleDeviceList(options.visibleGpus()));
    }
    return config.build().toByteArray();
  }

  /** For a model with tf.data's ops in its graph, which want threads of the session's own. */
  static byte[] inputPipeline(DeviceOptions options, int threads) {
    try {
      return ConfigProto.parseFrom(model(options)).toBuilder()
          .setInterOpParallelismThreads(threads + 2)
          .setUsePerSessionThreads(true)
          .build()
          .toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("our own settings do not parse", e);
    }
  }

  private static GraphOptions.Builder graph(DeviceOptions options) {
    var graph = GraphOptions.newBuilder().setRewriteOptions(rewrites(options));
    if (options.xla()) {
      graph.setOptimizerOptions(
          OptimizerOptions.newBuilder().setGlobalJitLevel(OptimizerOptions.GlobalJitLevel.ON_2));
    }
    return graph;
  }

  private static RewriterConfig rewrites(DeviceOptions options) {
    var rewrites =
        RewriterConfig.newBuilder()
            // The CPU's convolutions and poolings know NHWC only.
            .setCpuLayoutConversion(RewriterConfig.CpuLayout.NCHW_TO_NHWC)
            // Small graphs too, or a small NCHW model would not run.
            .setMinGraphNodes(-1);
    switch (options.precision()) {
      case FLOAT16 -> rewrites.setAutoMixedPrecision(RewriterConfig.Toggle.ON);
      case BFLOAT16 -> rewrites.setAutoMixedPrecisionOnednnBfloat16(RewriterConfig.Toggle.ON);
      case FLOAT32, TF32 -> {} // the process's: Tf32
    }
    return rewrites.build();
  }

  /** For the decode ops: on the CPU, without optimizers, which have nothing to gain there. */
  static byte[] decoding() {
    return unoptimized(1);
  }

  /** For constants of models, which are computed once: on the CPU, without optimizers too. */
  static byte[] folding(int intraOpThreads) {
    return unoptimized(intraOpThreads);
  }

  private static byte[] unoptimized(int intraOpThreads) {
    return base(intraOpThreads)
        .putDeviceCount("GPU", 0)
        .setGraphOptions(
            GraphOptions.newBuilder()
                .setOptimizerOptions(
                    OptimizerOptions.newBuilder().setOptLevel(OptimizerOptions.Level.L0))
                .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
        .build()
        .toByteArray();
  }

  /** For restoring variables: once, on the CPU, whatever device the model asks for. */
  static byte[] loading(int intraOpThreads) {
    return base(intraOpThreads)
        .putDeviceCount("GPU", 0)
        .setAllowSoftPlacement(true)
        .build()
        .toByteArray();
  }

  private static ConfigProto.Builder base(int intraOpThreads) {
    return ConfigProto.newBuilder()
        .setInterOpParallelismThreads(CALLING_THREAD)
        .setIntraOpParallelismThreads(intraOpThreads);
  }
}
