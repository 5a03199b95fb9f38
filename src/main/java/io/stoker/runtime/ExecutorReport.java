package io.stoker.runtime;

import io.stoker.pipeline.PipelineReport;
import java.io.Serializable;
import java.util.List;

/**
 * What one executor's runtime has done since it was made. Cumulative: of several reports of one
 * runtime the last one counts.
 *
 * @param runtime a random id of the runtime
 * @param host where it runs
 * @param device what it runs on
 * @param gpuAddresses what Spark assigned to the task that made it; empty without GPU scheduling
 * @param pageLocked whether batches lie in page-locked memory; only for a GPU
 * @param warmUpSeconds how long the model's first run took, with XLA's compiling
 * @param modelLoads how many models this process has loaded since it started
 * @param sessions how many sessions are open in it
 * @param pipeline clocks and counts
 */
public record ExecutorReport(
    String runtime,
    String host,
    String device,
    List<String> gpuAddresses,
    boolean pageLocked,
    double warmUpSeconds,
    int modelLoads,
    int sessions,
    PipelineReport pipeline)
    implements Serializable {
  /** Copies the list. */
  public ExecutorReport {
    gpuAddresses = List.copyOf(gpuAddresses);
  }
}
