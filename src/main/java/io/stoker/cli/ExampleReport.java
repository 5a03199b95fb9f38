package io.stoker.cli;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;

import io.stoker.example.ExampleMap;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Shows what the example's output holds, read back as any user would read it. */
final class ExampleReport {
  private static final int SAMPLE_ROWS = 8;

  private final ExampleFiles files;
  private final PrintWriter out;
  private final Dataset<Row> failed;
  private final Dataset<Row> ok;

  ExampleReport(SparkSession spark, ExampleFiles files, PrintWriter out) {
    this.files = files;
    this.out = out;
    Dataset<Row> rows = spark.read().parquet(ExampleFiles.uri(files.predictions()));
    Dataset<Row> best =
        rows.withColumn("label", col("probabilities").getItem(0).getField("label"))
            .withColumn("score", col("probabilities").getItem(0).getField("score"));
    this.failed = rows.where("status = 'failed'");
    this.ok = best.where("status = 'ok'");
  }

  /** Prints it, and paints the map. */
  void print() throws IOException {
    title("some rows of " + files.predictions());
    print(
        // By a hash: the same rows each time, from all scenes.
        ok.orderBy("region_key")
            .select("scene", "x", "y", "width", "height", "truth", "label", "score")
            .limit(SAMPLE_ROWS));
    title("regions by predicted class");
    print(ok.groupBy("label").agg(count(lit(1)).as("regions")).orderBy(col("regions").desc()));
    title("rows that failed, as they should");
    print(
        failed
            .orderBy("region_id")
            .select("uri", "x", "y", "failure.stage", "failure.reason", "failure.detail"));
    long right = ok.where("label = truth").count();
    long all = ok.count();
    out.println();
    out.println(
        String.format(
            Locale.ROOT, "accuracy %.1f %% (%,d of %,d)", 100.0 * right / all, right, all));
    out.println("map      " + paint());
    out.flush();
  }

  /** The scene with the most classes. */
  private Path paint() throws IOException {
    Row scene =
        ok.groupBy("scene")
            .agg(countDistinct("label").as("classes"), first("uri").as("uri"))
            .orderBy(col("classes").desc(), col("scene"))
            .first();
    var cells = new ArrayList<ExampleMap.Cell>();
    for (Row row :
        ok.where(col("scene").equalTo(scene.<String>getAs("scene")))
            .select("x", "y", "width", "height", "label")
            .collectAsList()) {
      cells.add(
          new ExampleMap.Cell(
              row.getInt(0), row.getInt(1), row.getInt(2), row.getInt(3), row.getString(4)));
    }
    Path image = files.folder().resolve(scene.<String>getAs("uri"));
    ExampleMap.paint(image, cells, files.map());
    return files.map();
  }

  private void title(String text) {
    out.println();
    out.println(text);
  }

  private void print(Dataset<Row> rows) {
    out.print(RowText.table(rows));
  }
}
