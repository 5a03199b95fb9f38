package io.stoker.spark;

import java.util.List;
import org.apache.spark.SparkConf;

/** How much of a GPU's memory is left for the model's session. */
final class GpuMemory {
  /** The CUDA context and the libraries' own buffers need the rest. */
  private static final double USABLE = 0.9;

  /** With less of a GPU hardly any model runs at a good batch size. */
  private static final double LEAST = 0.2;

  private static final String PLUGINS = "spark.plugins";
  private static final String RAPIDS = "com.nvidia.spark.SQLPlugin";
  private static final String POOL = "spark.rapids.memory.gpu.allocFraction";

  private GpuMemory() {}

  /**
   * The fraction. The RAPIDS plugin takes its pool when an executor starts, before any model is
   * loaded.
   */
  static double fraction(SparkConf conf) {
    return Math.max(LEAST, USABLE - pool(conf));
  }

  /**
   * Adds what is wrong with the settings.
   *
   * @param asked the share for the session that was asked for, or 0
   */
  static void check(SparkConf conf, double asked, List<String> problems) {
    if (asked > 0 && asked + pool(conf) > 1) {
      problems.add(
          "--gpu-memory-fraction "
              + asked
              + " and the RAPIDS plugin's "
              + POOL
              + " = "
              + pool(conf)
              + " are more than a GPU has; lower one of them");
    } else if (USABLE - pool(conf) < LEAST) {
      problems.add(
          "the RAPIDS plugin takes "
              + POOL
              + " = "
              + pool(conf)
              + " of each GPU, which leaves the model's session less than "
              + LEAST
              + "; set "
              + POOL
              + "=0.3 and spark.rapids.memory.gpu.minAllocFraction=0, as conf/gpu-rapids.conf does");
    }
  }

  private static double pool(SparkConf conf) {
    // 1 is the plugin's own default.
    return conf.get(PLUGINS, "").contains(RAPIDS) ? conf.getDouble(POOL, 1) : 0;
  }
}
