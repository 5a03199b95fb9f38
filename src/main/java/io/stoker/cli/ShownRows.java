package io.stoker.cli;

import static org.apache.spark.sql.functions.col;

import io.stoker.runtime.RefusedException;
import io.stoker.spark.Stoker;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Prints rows of an output, and what must be known of them to stderr. */
record ShownRows(SparkSession spark, PrintWriter out, PrintWriter err) {
  private static final String ID = "region_id";

  /** 16 bytes that say nothing to a reader. */
  private static final String KEY = "region_key";

  /** What Spark and Parquet say of other files, and of a folder without any. */
  private static final List<String> NO_PARQUET =
      List.of("is not a Parquet file", "UNABLE_TO_INFER_SCHEMA");

  /**
   * Prints those that were asked for, the first by their id.
   *
   * @throws RefusedException if they cannot be read
   */
  void print(ShowJob job) throws RefusedException {
    Dataset<Row> all = all(job.folder());
    Dataset<Row> chosen = where(all, job.where());
    // The first in their order, which a limit alone does not promise.
    Dataset<Row> some =
        (List.of(chosen.columns()).contains(ID) ? chosen.orderBy(col(ID)) : chosen)
            .limit(job.limit());
    if (job.json()) {
      // A string would move no cursor here: JSON escapes control characters.
      some.toJSON().collectAsList().forEach(out::println);
    } else {
      out.print(RowText.table(some.drop(KEY)));
      long count = chosen.count();
      out.print(format("%,d of %,d rows", Math.min(job.limit(), count), count));
      out.println(job.where() == null ? "" : format(" for which it is true, of %,d", all.count()));
    }
    out.flush();
    warnIfUnproven(job.folder());
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private void warnIfUnproven(String folder) {
    try {
      if (Stoker.isUnproven(spark, folder)) {
        err.println(
            "stoker: this output has no _SUCCESS: its run failed, or still goes on; why, if it"
                + " failed, is in _stoker/run.json");
      }
    } catch (IOException e) {
      err.println("stoker: whether this output is proven could not be seen: " + e);
    }
    err.flush();
  }

  private Dataset<Row> all(String folder) throws RefusedException {
    try {
      return spark.read().parquet(folder);
    } catch (Exception e) { // Spark throws its AnalysisException, which is checked, undeclared
      String cause = RootCause.message(e);
      String why =
          NO_PARQUET.stream().anyMatch(cause::contains)
              ? " holds no Parquet files"
              : cause.contains("PATH_NOT_FOUND")
                  ? " does not exist"
                  : " cannot be read as Parquet (" + cause + ")";
      throw new RefusedException(
          List.of("--output " + folder + why + ", expected a folder that predict wrote"));
    }
  }

  private static Dataset<Row> where(Dataset<Row> rows, @Nullable String condition)
      throws RefusedException {
    try {
      return condition == null ? rows : rows.where(condition);
    } catch (Exception e) { // as above
      throw new RefusedException(
          List.of("--where \"" + condition + "\" cannot be used: " + RootCause.message(e)));
    }
  }
}
