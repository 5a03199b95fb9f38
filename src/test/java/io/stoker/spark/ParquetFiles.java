package io.stoker.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** Rewrites Parquet files behind a run's back. */
final class ParquetFiles {
  private ParquetFiles() {}

  /** Changes the rows of a folder's first file that has at least two. */
  static void rewrite(SparkSession spark, Path folder, UnaryOperator<List<Row>> change) {
    for (Path file : parquet(folder)) {
      Dataset<Row> rows = spark.read().parquet(file.toString());
      List<Row> old = rows.collectAsList();
      if (old.size() > 1) {
        Path changed = folder.resolve("_changed");
        spark
            .createDataFrame(change.apply(new ArrayList<>(old)), rows.schema())
            .coalesce(1)
            .write()
            .parquet(changed.toString());
        replace(file, parquet(changed).get(0));
        return;
      }
    }
    throw new AssertionError("no file with two rows in " + folder);
  }

  /** The second row gets the first's number, and the first the second's. */
  static List<Row> swapIds(List<Row> rows) {
    Row first = rows.get(0);
    Row second = rows.get(1);
    rows.set(0, withId(first, second.getAs("region_id")));
    rows.set(1, withId(second, first.getAs("region_id")));
    return rows;
  }

  /** The first row gets lost. */
  static List<Row> loseOne(List<Row> rows) {
    return rows.subList(1, rows.size());
  }

  private static Row withId(Row row, long id) {
    var values = new Object[row.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i == row.fieldIndex("region_id") ? id : row.get(i);
    }
    return RowFactory.create(values);
  }

  /** The Parquet files in a folder, by name. */
  static List<Path> parquet(Path folder) {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void replace(Path file, Path other) {
    try {
      Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
      Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
