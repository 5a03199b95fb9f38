package io.stoker.spark;

import io.stoker.plan.AccountingMix;
import io.stoker.region.Failure.Reason;
import io.stoker.runtime.RegionShapes;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The manifest as it was written down: sorted by locality, numbered from 0 without gaps, never to
 * change again. Everything after it reads this copy.
 *
 * @param rows laid out as {@link PlanRows} says
 * @param schema the manifest's own columns
 * @param base what relative URIs are resolved against
 * @param mix of all regions
 * @param shapes of the boxes
 * @param failures rows without a region, by reason
 * @param cost of all regions, in nanoseconds of one core
 */
record NumberedManifest(
    Dataset<Row> rows,
    StructType schema,
    String base,
    AccountingMix mix,
    RegionShapes shapes,
    Map<Reason, Long> failures,
    long cost) {
  /** How many regions it has. */
  long regions() {
    return mix.rows();
  }
}
