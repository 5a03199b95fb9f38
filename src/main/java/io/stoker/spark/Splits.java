package io.stoker.spark;

import io.stoker.plan.BoundaryCutter;
import io.stoker.plan.SplitPlan;
import io.stoker.plan.SplitPlan.Boundary;
import io.stoker.plan.SplitPlan.Split;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;

/** Cuts the numbered manifest into ranges that cost about the same. */
final class Splits {
  private Splits() {}

  /**
   * The splits, the costliest first. The driver gets one row a split.
   *
   * @param batch regions a run
   * @param slots tasks that can run at once
   */
  static List<Split> cut(NumberedManifest manifest, int batch, int slots) {
    SplitPlan plan = SplitPlan.of(manifest.regions(), manifest.cost(), slots, batch);
    List<Boundary> boundaries =
        manifest
            .rows()
            .select("region_id", "cost_before", "cost", "first_of_image")
            .javaRDD()
            .mapPartitions(rows -> boundaries(plan, rows))
            .collect();
    return plan.splits(boundaries, manifest.regions());
  }

  /**
   * The boundaries among rows as Spark reads them: runs of files and parts of files, each in the
   * order of the ids, one run after the other in any order.
   */
  private static Iterator<Boundary> boundaries(SplitPlan plan, Iterator<Row> rows) {
    var boundaries = new ArrayList<Boundary>();
    BoundaryCutter cutter = null;
    long expected = -1;
    while (rows.hasNext()) {
      Row row = rows.next();
      long id = row.getLong(0);
      if (cutter == null || id != expected) {
        if (cutter != null) {
          boundaries.addAll(cutter.boundaries());
        }
        cutter = new BoundaryCutter(plan, row.getLong(1));
      }
      cutter.add(id, row.getBoolean(3), row.getLong(2));
      expected = id + 1;
    }
    if (cutter != null) {
      boundaries.addAll(cutter.boundaries());
    }
    return boundaries.iterator();
  }
}
