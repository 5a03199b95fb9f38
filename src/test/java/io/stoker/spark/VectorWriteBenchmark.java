package io.stoker.spark;

import io.stoker.model.DataType;
import io.stoker.region.RegionOutput;
import io.stoker.runtime.OutputColumn;
import io.stoker.runtime.OutputColumn.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * How many rows with a vector go into Parquet a second, on one core: the way of {@link OutputRows},
 * beside boxed elements and plain bytes.
 *
 * <pre>mvn -q test-compile, then with Spark's java options and the test class path:
 * java … io.stoker.spark.VectorWriteBenchmark FOLDER</pre>
 */
final class VectorWriteBenchmark {
  private static final int ROWS = 10_000;
  private static final int ROUNDS = 5;

  private static final StructType MANIFEST =
      DataTypes.createStructType(
          List.of(DataTypes.createStructField("uri", DataTypes.StringType, true)));

  private VectorWriteBenchmark() {}

  /** Takes a folder to write to. */
  public static void main(String[] args) {
    SparkSession spark =
        SparkSession.builder().master("local[1]").config("spark.ui.enabled", false).getOrCreate();
    for (int length : new int[] {1_000, 2_048}) {
      for (String way : List.of("primitive", "primitive, no dictionary", "boxed", "binary")) {
        measure(spark, Path.of(args[0], "out"), length, way); // warms up
        var rates = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
          rates[round] = measure(spark, Path.of(args[0], "out"), length, way);
        }
        Arrays.sort(rates);
        double median = rates[ROUNDS / 2];
        System.out.printf(Locale.ROOT, "float[%d] %-26s %,8.0f rows/s%n", length, way, median);
      }
    }
    spark.stop();
  }

  private static double measure(SparkSession spark, Path folder, int length, String way) {
    Kind kind = way.equals("binary") ? Kind.VECTOR_BYTES : Kind.VECTOR;
    var columns = List.of(new OutputColumn("score", kind, DataType.FLOAT32, 0));
    StructType schema = OutputSchema.of(MANIFEST, columns, "file:/", new ArrayList<>());
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    var rows =
        context
            .parallelize(List.of(1), 1)
            .mapPartitions(one -> rows(length, way, new OutputRows(1, columns, List.of())));
    long from = System.nanoTime();
    spark
        .createDataFrame(rows, schema)
        .write()
        .mode(SaveMode.Overwrite)
        .option(
            "parquet.enable.dictionary#score.list.element",
            Boolean.toString(!way.contains("no dictionary")))
        .parquet(folder.toString());
    return ROWS / ((System.nanoTime() - from) / 1e9);
  }

  /** Scores of 64 different regions, over and over. */
  private static Iterator<Row> rows(int length, String way, OutputRows rows) {
    var random = new Random(1);
    var vectors = new float[64][length];
    for (float[] vector : vectors) {
      for (int i = 0; i < length; i++) {
        vector[i] = random.nextFloat();
      }
    }
    var key = new byte[16];
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < ROWS;
      }

      @Override
      public Row next() {
        float[] vector = vectors[next % vectors.length];
        Row manifest = RowFactory.create("file:/photos/img-" + next + ".jpg");
        next++;
        Row row =
            rows.ok(
                manifest, next, key, List.of(new RegionOutput(new int[] {length}, vector.clone())));
        return way.equals("boxed") ? boxed(row) : row;
      }
    };
  }

  private static Row boxed(Row row) {
    var values = new Object[row.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    var vector = (float[]) values[values.length - 1];
    var all = new Float[vector.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = vector[i];
    }
    values[values.length - 1] = all;
    return RowFactory.create(values);
  }
}
