package io.stoker.bench;

import io.stoker.region.Box;
import io.stoker.region.Region;
import io.stoker.runtime.PredictSpec;
import io.stoker.spark.ManifestSource;
import io.stoker.spark.OutputOptions;
import io.stoker.spark.RunRecord;
import io.stoker.spark.Stoker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;

/**
 * The whole job on an embedded Spark: manifest, plan, prediction, Parquet and its proof. Timed from
 * its first look at the manifest to {@code _SUCCESS}. Its rows are counted by the job's own proof.
 */
final class WholeJob implements Strategy {
  private final SparkSession spark;
  private final Workload work;
  private final PredictSpec spec;
  private final String manifest;
  private final String output;

  WholeJob(SparkSession spark, Workload work, PredictSpec spec, Path folder, String name) {
    this.spark = spark;
    this.work = work;
    this.spec = spec;
    this.manifest = folder.resolve("manifest-" + name + ".parquet").toUri().toString();
    this.output = folder.resolve(name).toUri().toString();
    var rows = new ArrayList<Row>();
    for (Region region : work.regions()) {
      Box box = region.box();
      rows.add(
          box == null
              ? RowFactory.create(region.uri(), null, null, null, null)
              : RowFactory.create(region.uri(), box.x(), box.y(), box.width(), box.height()));
    }
    var schema =
        DataTypes.createStructType(
            List.of(
                DataTypes.createStructField("uri", DataTypes.StringType, false),
                DataTypes.createStructField("x", DataTypes.IntegerType, true),
                DataTypes.createStructField("y", DataTypes.IntegerType, true),
                DataTypes.createStructField("width", DataTypes.IntegerType, true),
                DataTypes.createStructField("height", DataTypes.IntegerType, true)));
    spark.createDataFrame(rows, schema).write().parquet(manifest);
  }

  @Override
  public int regions() {
    return work.regions().size();
  }

  @Override
  public Pass pass(Answers answers) {
    long begin = System.nanoTime();
    RunRecord run =
        Stoker.write(spark, ManifestSource.files(manifest), spec, OutputOptions.replacing(output));
    long nanos = System.nanoTime() - begin;
    return Pass.of(work.regions().size(), nanos, 1 - run.starvedShare());
  }

  @Override
  public boolean answersRegions() {
    return false; // its rows are proven by the job itself
  }
}
