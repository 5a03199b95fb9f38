package io.stoker.cli;

import static org.apache.spark.sql.functions.col;

import io.stoker.runtime.RefusedException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Prints rows of Parquet files. */
record ShownRows(SparkSession spark, PrintWriter out) {
  private static final String ID = "region_id";

  /** 16 bytes that say nothing to a reader. */
  private static final String KEY = "region_key";

  /**
   * Prints those that were asked for, the first by their id.
   *
   * @throws RefusedException if they cannot be read
   */
  void print(ShowJob job) throws RefusedException {
    Dataset<Row> all = rows(job.folder(), job.where());
    // The first in their order, which a limit alone does not promise.
    Dataset<Row> some =
        (List.of(all.columns()).contains(ID) ? all.orderBy(col(ID)) : all).limit(job.limit());
    if (job.json()) {
      // A string would move no cursor here: JSON escapes control characters.
      some.toJSON().collectAsList().forEach(out::println);
    } else {
      out.print(RowText.table(some.drop(KEY)));
      long count = all.count();
      out.println(
          String.format(Locale.ROOT, "%,d of %,d rows", Math.min(job.limit(), count), count));
    }
    out.flush();
  }

  private Dataset<Row> rows(String folder, @Nullable String where) throws RefusedException {
    String problem = folder + " cannot be read as Parquet, expected an output of Stoker's";
    try {
      Dataset<Row> rows = spark.read().parquet(folder);
      if (where == null) {
        return rows;
      }
      problem = "--where \"" + where + "\" cannot be used";
      return rows.where(where);
    } catch (Exception e) { // Spark throws its AnalysisException, which is checked, undeclared
      throw new RefusedException(List.of(problem + ": " + RootCause.message(e)));
    }
  }
}
