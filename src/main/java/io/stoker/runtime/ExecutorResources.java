package io.stoker.runtime;

import java.util.List;
import java.util.Map;

/**
 * What an executor has to give, as Spark says.
 *
 * @param cores {@code spark.executor.cores}; never the machine's count
 * @param tasks how many tasks may run at once
 * @param memoryBytes what the job may take by default; {@code --memory} overrides it
 * @param gpuMemoryFraction how much of a GPU's memory the session may take by default
 * @param gpus how many GPUs have a runtime of their own, 1 or more; they share cores and memory
 * @param gpuAddresses addresses that Spark assigned to the task, or empty
 * @param hadoop file system settings by name
 */
public record ExecutorResources(
    int cores,
    int tasks,
    long memoryBytes,
    double gpuMemoryFraction,
    int gpus,
    List<String> gpuAddresses,
    Map<String, String> hadoop) {
  /** Cores of one runtime. */
  int coresEach() {
    return Math.max(1, cores / gpus);
  }

  /** Tasks that may use one runtime at once. */
  int tasksEach() {
    return (tasks + gpus - 1) / gpus;
  }

  /** What of a GPU's memory a session may take: what was asked for, or the default. */
  public double gpuMemoryFraction(PredictSpec.Resources asked) {
    return asked.gpuMemoryFraction() == 0 ? gpuMemoryFraction : asked.gpuMemoryFraction();
  }

  /** Memory of one runtime, of what was asked for the whole executor, 0 for the default. */
  long memoryBytesEach(long asked) {
    return (asked == 0 ? memoryBytes : asked) / gpus;
  }
}
