package io.stoker.spark;

import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.SparkConf;

/**
 * What a set of Spark's settings means for a job of ours on a cluster, and what in it contradicts
 * what.
 *
 * @param facts what follows from it
 * @param problems what to change, and how
 */
public record ConfReview(List<String> facts, List<String> problems) {
  private static final String CORES = "spark.executor.cores";
  private static final String CPUS = "spark.task.cpus";
  private static final String GPUS = "spark.executor.resource.gpu.amount";
  private static final String GPU_SHARE = "spark.task.resource.gpu.amount";

  /** Looks at settings by their names, as in a file for {@code --properties-file}. */
  public static ConfReview of(Map<String, String> settings) {
    var conf = new SparkConf(false);
    settings.forEach(conf::set);
    var facts = new ArrayList<String>();
    var problems = new ArrayList<String>();
    boolean gpu = conf.contains(GPUS);
    tasks(conf, gpu, facts, problems);
    memory(conf, gpu, facts, problems);
    if (gpu) {
      gpu(conf, facts, problems);
    }
    GpuMemory.check(conf, 0, problems);
    if (!conf.get("spark.plugins", "").contains(StokerPlugin.class.getName())) {
      problems.add(
          "progress moves only as tasks end; set spark.plugins=" + StokerPlugin.class.getName());
    }
    if (conf.getBoolean("spark.speculation", false)) {
      problems.add(
          "second copies of slow tasks work against the first ones; set spark.speculation=false");
    }
    if (conf.getTimeAsMs("spark.locality.wait", "3s") > 0) {
      problems.add(
          "executors idle for a while before they take tasks whose rows of the manifest lie with"
              + " another one; set spark.locality.wait=0s");
    }
    if (conf.getInt("spark.task.maxFailures", 4) < 2) {
      problems.add(
          "a broken connection ends the job instead of a task's attempt; set"
              + " spark.task.maxFailures=4");
    }
    return new ConfReview(List.copyOf(facts), List.copyOf(problems));
  }

  private static void tasks(
      SparkConf conf, boolean gpu, List<String> facts, List<String> problems) {
    if (!conf.contains(CORES)) {
      problems.add(
          "how many cores an executor has depends on the cluster; set " + CORES + " to 4 or more");
      return;
    }
    ClusterResources executor = ClusterResources.of("yarn", conf, 1, 1);
    int cores = executor.cores();
    Threads threads = Threads.of(PredictSpec.model("").build().resources(), cores, gpu);
    facts.add(
        String.format(
            Locale.ROOT,
            "%d cores an executor: up to %d decode threads, %d of TensorFlow; %d tasks at once",
            cores,
            threads.knobs().most().decodeThreads(),
            threads.intraOp(),
            executor.tasks()));
    int cpus = conf.getInt(CPUS, 1);
    if (cores < 2) {
      problems.add("decoding and the model take turns on one core; set " + CORES + "=4 or more");
    } else if (executor.tasks() < 2) {
      problems.add(
          "one task an executor: whenever it ends, the model idles; set "
              + CPUS
              + "="
              + cores / 2
              + (gpu ? " and " + GPU_SHARE + "=0.5" : ""));
    }
    if (cores % cpus != 0) {
      problems.add(
          String.format(
              Locale.ROOT,
              "%s=%d leaves %d of %d cores without a task; set %s=%d",
              CPUS,
              cpus,
              cores % cpus,
              cores,
              CPUS,
              Math.max(1, cores / 2)));
    }
  }

  private static void gpu(SparkConf conf, List<String> facts, List<String> problems) {
    facts.add(
        String.format(
            Locale.ROOT,
            "the session takes up to %.0f %% of the GPU's memory",
            100 * GpuMemory.fraction(conf)));
    double gpus = conf.getDouble(GPUS, 0);
    double share = conf.getDouble(GPU_SHARE, 0);
    if (gpus > 1) {
      facts.add(
          String.format(
              Locale.ROOT,
              "%.0f GPUs an executor: a session on each, with its part of cores and memory",
              gpus));
    }
    checkGpus(conf, problems);
    if (share <= 0) {
      problems.add("tasks ask for no part of a GPU; set " + GPU_SHARE + "=0.5");
    } else if (conf.contains(CORES)) {
      int byGpu = (int) (gpus / share + 1e-9);
      int byCores = conf.getInt(CORES, 1) / conf.getInt(CPUS, 1);
      if (byGpu != byCores) {
        problems.add(
            String.format(
                Locale.ROOT,
                "%s=%s allows %d tasks an executor, its cores %d; set %s=%d",
                GPU_SHARE,
                conf.get(GPU_SHARE),
                byGpu,
                byCores,
                CPUS,
                Math.max(1, conf.getInt(CORES, 1) / Math.max(1, byGpu))));
      }
    }
  }

  /** Adds what is wrong with how GPUs are given to tasks. */
  static void checkGpus(SparkConf conf, List<String> problems) {
    double share = conf.getDouble(GPU_SHARE, 0);
    if (share > 1) {
      problems.add(
          String.format(
              Locale.ROOT,
              "%s=%s gives each task several GPUs, of which it would use one; set 1 or a part of"
                  + " it: tasks on different GPUs run side by side",
              GPU_SHARE,
              conf.get(GPU_SHARE)));
    }
  }

  private static void memory(
      SparkConf conf, boolean gpu, List<String> facts, List<String> problems) {
    long heap = MemoryNeed.heap(conf);
    long budget = MemoryNeed.usual(conf);
    long overhead = MemoryNeed.overhead(conf);
    facts.add(
        String.format(
            Locale.ROOT,
            "%s of heap and %s beside it an executor: %s for batches, pixels and outputs (--memory)",
            MemoryNeed.gib(heap),
            MemoryNeed.gib(overhead),
            MemoryNeed.gib(budget)));
    long needed = MemoryNeed.NATIVES + (gpu ? MemoryNeed.CUDA : 0);
    if (overhead - budget < needed) {
      long enough = (2 * (heap / 4 + needed) + MemoryNeed.GIB - 1) / MemoryNeed.GIB;
      problems.add(
          String.format(
              Locale.ROOT,
              "%s is %s; the job's budget takes %s of it, TensorFlow%s needs %s: the executor would be"
                  + " killed; set %s=%dg",
              MemoryNeed.OVERHEAD,
              MemoryNeed.gib(overhead),
              MemoryNeed.gib(budget),
              gpu ? " with CUDA" : "",
              MemoryNeed.gib(needed),
              MemoryNeed.OVERHEAD,
              enough));
    }
  }
}
