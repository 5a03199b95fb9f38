package io.stoker.spark;

import java.util.Locale;
import org.apache.spark.SparkConf;
import org.jspecify.annotations.Nullable;

/**
 * What an executor of a cluster takes beside its heap, against what its container has.
 *
 * <p>Three quarters of the heap are left to Spark; a quarter is rarely full at the same time as
 * what lies beside it, so it counts as room.
 *
 * @param heapBytes {@code spark.executor.memory}
 * @param overheadBytes {@code spark.executor.memoryOverhead}, or what the cluster manager adds
 * @param jobBytes batches, outputs and images: {@code --memory}
 * @param nativeBytes TensorFlow, CUDA, the model, and the JVM's own
 */
public record MemoryNeed(long heapBytes, long overheadBytes, long jobBytes, long nativeBytes) {
  static final String OVERHEAD = "spark.executor.memoryOverhead";
  static final long GIB = 1L << 30;
  private static final long MIB = 1L << 20;

  /**
   * TensorFlow's code, its scratch memory for a batch of a mid-sized network, and the JVM's own.
   */
  static final long NATIVES = GIB;

  /** The CUDA libraries' host memory besides. */
  static final long CUDA = 2 * GIB;

  /** TensorFlow's copy of a model's weights, and the one it optimizes. */
  private static final int MODEL_COPIES = 2;

  /** With less hardly any photo could be decoded: what nobody asked for is not chosen. */
  private static final long LEAST_JOB = 128 * MIB;

  private static final long STEP = 256 * MIB;

  /** What Spark's settings and the size of a model make of it, whatever the cluster manager. */
  static MemoryNeed of(SparkConf conf, long jobBytes, long modelBytes, boolean gpu) {
    return new MemoryNeed(
        heap(conf),
        overhead(conf),
        jobBytes,
        NATIVES + (gpu ? CUDA : 0) + MODEL_COPIES * modelBytes);
  }

  static long heap(SparkConf conf) {
    return conf.getSizeAsMb("spark.executor.memory", "1g") * MIB;
  }

  static long overhead(SparkConf conf) {
    double factor = conf.getDouble("spark.executor.memoryOverheadFactor", 0.1);
    long least = Math.max(384, (long) (factor * heap(conf) / MIB));
    return conf.getSizeAsMb(OVERHEAD, least + "m") * MIB;
  }

  /** What a job may take if nobody says how much: a quarter of the heap and half the overhead. */
  static long usual(SparkConf conf) {
    return heap(conf) / 4 + overhead(conf) / 2;
  }

  /** Whether the cluster manager kills executors that take more. */
  static boolean isEnforced(String master) {
    return master.startsWith("yarn") || master.startsWith("k8s");
  }

  /** The same, with a job that takes what is left if it was to take more, but not too little. */
  MemoryNeed fitted() {
    long job = Math.min(jobBytes, Math.max(LEAST_JOB, room()));
    return new MemoryNeed(heapBytes, overheadBytes, job, nativeBytes);
  }

  private long room() {
    return heapBytes / 4 + overheadBytes - nativeBytes;
  }

  /** The overhead that all of it needs. */
  long neededOverhead() {
    long bytes = Math.max(0, jobBytes - heapBytes / 4) + nativeBytes;
    return (bytes + STEP - 1) / STEP * STEP;
  }

  /** For the command line: {@code --conf spark.executor.memoryOverhead=2560m}. */
  public String setting() {
    return "--conf " + OVERHEAD + "=" + neededOverhead() / MIB + "m";
  }

  /** Why the executor would be killed, and what to set; null if it fits. */
  @Nullable String problem() {
    if (jobBytes <= room()) {
      return null;
    }
    return String.format(
        Locale.ROOT,
        "an executor would be killed: beside its heap, TensorFlow with this model needs %s, and"
            + " batches and images %s (--memory); the overhead is %s; set %s, or lower --memory",
        gib(nativeBytes),
        gib(jobBytes),
        gib(overheadBytes),
        setting());
  }

  static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", (double) bytes / GIB);
  }
}
