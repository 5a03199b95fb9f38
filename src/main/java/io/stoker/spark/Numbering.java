package io.stoker.spark;

import static org.apache.spark.sql.functions.col;

import io.stoker.plan.RegionOrder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Writes the numbered manifest.
 *
 * <p>The rows are sorted once, by image and place. A first pass counts the partitions, so that a
 * second can number them from 0 without gaps; both read the same shuffle files. Equal regions lie
 * in one partition, one after the other, since a range partitioner never parts equal keys: there
 * their occurrences are counted. The driver sees one row a partition.
 */
final class Numbering {
  private static final UDF2<@Nullable Integer, @Nullable Integer, Long> PLACE =
      (x, y) -> RegionOrder.key(x, y);

  private Numbering() {}

  /**
   * Writes the manifest down, sorted and numbered.
   *
   * @param folder where to, as Parquet; must not exist
   * @throws IllegalStateException if the manifest changes while it is read
   * @throws StokerException if it is CSV files with different headers
   */
  static NumberedManifest write(SparkSession spark, Manifest manifest, String folder) {
    try {
      writeRows(spark, manifest, folder);
    } catch (Exception e) {
      String file = MixedHeaders.file(e);
      if (file == null) {
        throw e;
      }
      throw StokerException.refused(
          List.of(
              "the manifest, "
                  + manifest.description()
                  + ", has CSV files with different headers, one of them "
                  + file
                  + "; give all the same columns in the same order"));
    }
    return read(spark, manifest, folder);
  }

  private static void writeRows(SparkSession spark, Manifest manifest, String folder) {
    StructType schema = PlanRows.schema(manifest.schema());
    JavaRDD<Row> sorted =
        manifest
            .rows()
            .mapPartitions(
                new Read(
                    manifest.columns(), manifest.schema().fields().length, manifest.malformed()),
                Encoders.row(schema))
            .orderBy(order())
            .javaRDD();
    List<Extent> extents =
        sorted
            .mapPartitionsWithIndex((index, rows) -> List.of(Extent.of(rows)).iterator(), true)
            .collect();
    List<Extent> before = before(extents);
    JavaRDD<Row> numbered =
        sorted.mapPartitionsWithIndex(
            (index, rows) -> {
              Extent start = before.get(index);
              return new NumberedRows(rows, start.regions, start.cost);
            },
            true);
    spark
        .createDataFrame(numbered, schema)
        .write()
        .option(OutputFolder.NO_MARKER, "false")
        .parquet(folder);
  }

  private static NumberedManifest read(SparkSession spark, Manifest manifest, String folder) {
    Dataset<Row> rows = spark.read().schema(PlanRows.schema(manifest.schema())).parquet(folder);
    PlanTotals totals =
        rows.drop("manifest")
            .javaRDD()
            .aggregate(new PlanTotals(), PlanTotals::add, PlanTotals::add);
    if (!totals.dense()) {
      throw new IllegalStateException(
          "the numbered manifest has gaps: the manifest, "
              + manifest.description()
              + ", gave other rows when it was read again; make a copy of it that does not change,"
              + " and start again");
    }
    return new NumberedManifest(
        rows,
        manifest.schema(),
        manifest.base(),
        totals.mix(),
        totals.shapes(),
        totals.failures(),
        totals.cost());
  }

  /**
   * Rows without a region first, so that no task has to keep them while it looks for the next
   * region; then by image and place. Equal rows come together.
   */
  private static Column[] order() {
    UserDefinedFunction place = functions.udf(PLACE, DataTypes.LongType);
    return new Column[] {
      col("reason").isNull(),
      col("uri"),
      col("page"),
      place.apply(col("x"), col("y")),
      col("y"),
      col("height"),
      col("width"),
      col("reason"),
      col("detail")
    };
  }

  private static List<Extent> before(List<Extent> extents) {
    var before = new ArrayList<Extent>();
    var sum = new Extent(0, 0);
    for (Extent extent : extents) {
      before.add(sum);
      sum = new Extent(sum.regions + extent.regions, sum.cost + extent.cost);
    }
    return before;
  }

  /** What a partition has, or all before it. */
  private record Extent(long regions, long cost) implements Serializable {
    static Extent of(Iterator<Row> rows) {
      var numbered = new NumberedRows(rows, 0, 0);
      while (numbered.hasNext()) {
        numbered.skip();
      }
      return new Extent(numbered.nextId(), numbered.costBefore());
    }
  }

  /** Reads rows of the manifest. */
  private record Read(ContractColumns columns, int manifestColumns, int malformed)
      implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext();
        }

        @Override
        public Row next() {
          Row row = rows.next();
          return PlanRows.unnumbered(RegionFields.read(row, columns, malformed), own(row));
        }
      };
    }

    /** Without the column of malformed lines. */
    private Row own(Row row) {
      var values = new Object[manifestColumns];
      for (int i = 0; i < values.length; i++) {
        values[i] = row.get(i);
      }
      return RowFactory.create(values);
    }
  }
}
