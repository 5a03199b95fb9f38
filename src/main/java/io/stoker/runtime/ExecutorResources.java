package io.stoker.runtime;

import java.util.List;
import java.util.Map;

/**
 * What an executor has to give, as Spark says.
 *
 * @param cores {@code spark.executor.cores}; never the machine's count
 * @param tasks how many tasks may run at once
 * @param memoryBytes what the job may take by default; {@code --memory} overrides it
 * @param gpuMemoryFraction how much of a GPU's memory the session may take
 * @param gpuAddresses addresses that Spark assigned to the task, or empty
 * @param hadoop file system settings by name
 */
public record ExecutorResources(
    int cores,
    int tasks,
    long memoryBytes,
    double gpuMemoryFraction,
    List<String> gpuAddresses,
    Map<String, String> hadoop) {}
