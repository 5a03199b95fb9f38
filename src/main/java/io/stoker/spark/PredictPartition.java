package io.stoker.spark;

import io.stoker.runtime.ExecutorResources;
import io.stoker.storage.UriResolver;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * A task: rows of the numbered manifest in, rows of the output out, in the same order, one for one.
 *
 * @param engine what predicts
 * @param run id of the run
 * @param job what to do
 * @param cluster what executors have
 * @param hadoop file system settings
 * @param uris makes URIs absolute, or null to leave them as they are
 * @param rows makes the rows
 * @param totals gets the task's report, or null if nobody wants it
 */
record PredictPartition(
    Engine engine,
    String run,
    ShippedJob job,
    ClusterResources cluster,
    Map<String, String> hadoop,
    @Nullable UriResolver uris,
    OutputRows rows,
    @Nullable RunTotals totals)
    implements FlatMapFunction<Iterator<Row>, Row> {
  private static final String GPU = "gpu";

  @Override
  public Iterator<Row> call(Iterator<Row> input) {
    return new RegionRows(this, input, TaskContext.get());
  }

  /** What the executor has for this task. */
  ExecutorResources resources(TaskContext context) {
    ResourceInformation gpu = context.resourcesJMap().get(GPU);
    return cluster.each(gpu == null ? List.of() : List.of(gpu.addresses()), hadoop);
  }

  /** Whether Spark gives the job up if this attempt fails. */
  boolean lastAttempt(TaskContext context) {
    return context.attemptNumber() + 1 >= cluster.maxFailures();
  }
}
