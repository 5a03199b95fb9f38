package io.stoker.runtime;

import io.stoker.pipeline.PipelineReport;
import java.io.Serializable;

/**
 * What one executor's runtime has done since it was made. Cumulative: of several reports of one
 * runtime the last one counts.
 *
 * @param runtime a random id of the runtime
 * @param host where it runs
 * @param device what it runs on
 * @param modelLoads how many models this process has loaded since it started
 * @param sessions how many sessions are open in it
 * @param pipeline clocks and counts
 */
public record ExecutorReport(
    String runtime,
    String host,
    String device,
    int modelLoads,
    int sessions,
    PipelineReport pipeline)
    implements Serializable {}
