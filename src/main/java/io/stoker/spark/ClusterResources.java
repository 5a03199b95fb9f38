package io.stoker.spark;

import io.stoker.runtime.ExecutorResources;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the cluster's executors have, as far as the driver is told.
 *
 * @param cores of an executor
 * @param tasks that may run at once on an executor
 * @param memoryBytes what a job may take of an executor by default
 * @param slots tasks that may run at once on all executors together
 * @param maxFailures how often Spark tries a task
 * @param gpus how many GPUs an executor is given
 * @param gpuMemoryFraction how much of a GPU's memory the session may take
 * @param isLocal whether the executor is the driver's process
 */
record ClusterResources(
    int cores,
    int tasks,
    long memoryBytes,
    int slots,
    int maxFailures,
    int gpus,
    double gpuMemoryFraction,
    boolean isLocal)
    implements Serializable {
  private static final Pattern LOCAL =
      Pattern.compile("local(?:\\[\\s*(\\d+|\\*)\\s*(?:,\\s*(\\d+)\\s*)?])?");

  private static final Logger LOG = LoggerFactory.getLogger(ClusterResources.class);

  /**
   * Reads Spark's settings.
   *
   * <p>In local mode an executor's cores are the N of {@code local[N]}, and the job may take half
   * of the largest heap. On a cluster they are {@code spark.executor.cores}; where that is left
   * open (standalone), the cluster's cores divided by its executors; the job may take a quarter of
   * {@code spark.executor.memory} and half of the overhead: batches and decoded images lie outside
   * the heap, which rarely is full at the same time.
   */
  static ClusterResources of(JavaSparkContext context) {
    // The driver is in the list as well.
    int executors = Math.max(1, context.sc().statusTracker().getExecutorInfos().length - 1);
    return of(context.master(), context.getConf(), executors, context.defaultParallelism());
  }

  /**
   * As {@link #of(JavaSparkContext)}.
   *
   * @param executors that are there now
   * @param totalCores of all of them, where nothing was said about parallelism
   */
  static ClusterResources of(String master, SparkConf conf, int executors, int totalCores) {
    int cpus = Math.max(1, conf.getInt("spark.task.cpus", 1));
    Matcher local = LOCAL.matcher(master);
    if (local.matches()) {
      int cores = localCores(local.group(1));
      int tasks = Math.max(1, cores / cpus);
      String failures = local.group(2);
      return new ClusterResources(
          cores,
          tasks,
          Runtime.getRuntime().maxMemory() / 2,
          tasks,
          failures == null ? 1 : Integer.parseInt(failures),
          0,
          GpuMemory.fraction(conf),
          true);
    }
    int cores = executorCores(master, conf, executors, totalCores);
    int tasks = Math.max(1, Math.min(cores / cpus, gpuTasks(conf)));
    int expected = Math.max(executors, conf.getInt("spark.executor.instances", 0));
    if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
      expected = Math.max(expected, conf.getInt("spark.dynamicAllocation.maxExecutors", 0));
    }
    return new ClusterResources(
        cores,
        tasks,
        MemoryNeed.usual(conf),
        Math.multiplyExact(tasks, expected),
        conf.getInt("spark.task.maxFailures", 4),
        (int) conf.getDouble("spark.executor.resource.gpu.amount", 0),
        GpuMemory.fraction(conf),
        false);
  }

  /** File system settings that differ from Hadoop's own defaults. May hold secrets. */
  static Map<String, String> hadoop(Configuration configuration) {
    var settings = new TreeMap<String, String>();
    for (Map.Entry<String, String> entry : configuration) {
      String[] sources = configuration.getPropertySources(entry.getKey());
      boolean isDefault =
          sources != null
              && sources.length > 0
              && sources[sources.length - 1].endsWith("-default.xml");
      if (!isDefault) {
        settings.put(entry.getKey(), entry.getValue());
      }
    }
    return settings;
  }

  private static int localCores(@Nullable String text) {
    if (text == null) {
      return 1;
    }
    // What Spark itself makes of local[*].
    return text.equals("*") ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(text);
  }

  private static int executorCores(String master, SparkConf conf, int executors, int totalCores) {
    if (conf.contains("spark.executor.cores")) {
      return conf.getInt("spark.executor.cores", 1);
    }
    // A standalone executor takes all of its worker's; the other managers give it one.
    if (!master.startsWith("spark://")) {
      return 1;
    }
    if (conf.contains("spark.default.parallelism")) {
      LOG.warn(
          "spark.executor.cores is not set, and spark.default.parallelism hides how many cores there"
              + " are: each executor is taken to have one, and to run one task at a time; set"
              + " spark.executor.cores");
      return 1;
    }
    return Math.max(1, totalCores / executors);
  }

  /** How many tasks share an executor's GPUs; no bound where none are asked for. */
  private static int gpuTasks(SparkConf conf) {
    double executor = conf.getDouble("spark.executor.resource.gpu.amount", 0);
    double task = conf.getDouble("spark.task.resource.gpu.amount", 0);
    return executor == 0 || task == 0 ? Integer.MAX_VALUE : (int) (executor / task + 1e-9);
  }

  /**
   * What one executor has for a task.
   *
   * @param gpuAddresses the task's; without any its GPUs cannot be told apart, and it has one
   *     runtime
   * @param hadoop file system settings
   */
  ExecutorResources each(List<String> gpuAddresses, Map<String, String> hadoop) {
    int runtimes = gpuAddresses.isEmpty() ? 1 : Math.max(1, gpus);
    return new ExecutorResources(
        cores, tasks, memoryBytes, gpuMemoryFraction, runtimes, gpuAddresses, hadoop);
  }

  /** The same with another default for a job's memory. */
  ClusterResources withMemoryBytes(long bytes) {
    return new ClusterResources(
        cores, tasks, bytes, slots, maxFailures, gpus, gpuMemoryFraction, isLocal);
  }
}
