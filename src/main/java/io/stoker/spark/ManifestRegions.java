package io.stoker.spark;

import io.stoker.region.Region;
import io.stoker.runtime.ExecutorResources;
import io.stoker.runtime.RegionShapes;
import io.stoker.storage.UriResolver;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A manifest's regions in memory, for who does without Spark from there on.
 *
 * @param regions in the order of the numbered manifest, those of one image together, with absolute
 *     URIs; numbered from 0
 * @param shapes of their boxes
 * @param resources what an executor in this process has
 */
public record ManifestRegions(
    List<Region> regions, RegionShapes shapes, ExecutorResources resources) {
  /**
   * Reads and numbers a manifest. Rows without a region are left out.
   *
   * @param scratch a folder that is not there, for the numbered manifest; deleted again
   * @param limit at most so many regions: where there are more, every n-th
   * @throws StokerException if the manifest is refused
   */
  public static ManifestRegions read(
      SparkSession spark, ManifestSource source, String scratch, int limit) throws Exception {
    var problems = new ArrayList<String>();
    Manifest manifest = ManifestReader.read(spark, source, problems);
    if (manifest == null) {
      throw StokerException.refused(problems);
    }
    var folder = new Path(scratch);
    FileSystem files = folder.getFileSystem(spark.sparkContext().hadoopConfiguration());
    try {
      NumberedManifest numbered = Numbering.write(spark, manifest, scratch);
      var uris = new UriResolver(numbered.base());
      var regions = new ArrayList<Region>();
      long every = Math.max(1, (numbered.regions() + limit - 1) / limit);
      List<Row> rows =
          numbered
              .rows()
              .where("reason is null and region_id % " + every + " = 0")
              .orderBy("region_id")
              .collectAsList();
      for (Row row : rows) {
        Region region = PlanRows.region(row);
        regions.add(
            new Region(regions.size(), uris.resolve(region.uri()), region.page(), region.box()));
      }
      return new ManifestRegions(List.copyOf(regions), numbered.shapes(), resources(spark));
    } finally {
      files.delete(folder, true);
    }
  }

  private static ExecutorResources resources(SparkSession spark) {
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    ClusterResources cluster = ClusterResources.of(context);
    return cluster.each(List.of(), ClusterResources.hadoop(context.hadoopConfiguration()));
  }
}
