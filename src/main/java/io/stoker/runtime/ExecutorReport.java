package io.stoker.runtime;

import io.stoker.pipeline.BackOff;
import io.stoker.pipeline.PipelineReport;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * @param batch regions a run, at most
 * @param inFlight runs in flight, at most
 * @param backOff what was given up because the device ran out of memory, in the warm-up or since;
 *     null for nothing
 * @param parity against the CPU, where that was asked for and a region was compared; else null
 * @param deviceImagesPerSecond regions a second that the device made of the model from memory,
 *     before the first task: nothing can be faster here; 0 if that was not measured
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
    int batch,
    int inFlight,
    @Nullable BackOff backOff,
    @Nullable Parity parity,
    double deviceImagesPerSecond,
    int modelLoads,
    int sessions,
    PipelineReport pipeline)
    implements Serializable {
  /** Copies the list. */
  public ExecutorReport {
    gpuAddresses = List.copyOf(gpuAddresses);
  }

  /** The same runtime's, with other clocks and counts. */
  public ExecutorReport with(PipelineReport other) {
    return new ExecutorReport(
        runtime,
        host,
        device,
        gpuAddresses,
        pageLocked,
        warmUpSeconds,
        batch,
        inFlight,
        backOff,
        parity,
        deviceImagesPerSecond,
        modelLoads,
        sessions,
        other);
  }
}
