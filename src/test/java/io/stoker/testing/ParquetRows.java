package io.stoker.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/** Reads an output without Spark, as others would. */
public final class ParquetRows {
  private ParquetRows() {}

  /** A column of float arrays by a column of distinct texts; nothing where it is null. */
  public static Map<String, List<Float>> floats(Path folder, String key, String column)
      throws IOException {
    var rows = new HashMap<String, List<Float>>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".parquet")).toList()) {
        var path = new org.apache.hadoop.fs.Path(file.toUri());
        try (var reader = ParquetReader.builder(new GroupReadSupport(), path).build()) {
          for (Group row = reader.read(); row != null; row = reader.read()) {
            List<Float> before = rows.put(row.getString(key, 0), floats(row, column));
            if (before != null) {
              throw new IOException("two rows of " + row.getString(key, 0));
            }
          }
        }
      }
    }
    return rows;
  }

  private static List<Float> floats(Group row, String column) {
    var values = new ArrayList<Float>();
    if (row.getFieldRepetitionCount(column) > 0) {
      Group list = row.getGroup(column, 0);
      for (int i = 0; i < list.getFieldRepetitionCount("list"); i++) {
        values.add(list.getGroup("list", i).getFloat("element", 0));
      }
    }
    return values;
  }
}
