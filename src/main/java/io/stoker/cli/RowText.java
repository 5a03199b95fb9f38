package io.stoker.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.jspecify.annotations.Nullable;

/** Rows of a {@code Dataset} as a table for a terminal; of long values the beginning. */
final class RowText {
  private static final int LONGEST = 120;
  private static final int ELEMENTS = 5;

  private RowText() {}

  /** All rows, which come to the driver. */
  static String table(Dataset<Row> rows) {
    var lines = new ArrayList<List<String>>();
    for (Row row : rows.collectAsList()) {
      lines.add(values(row).stream().map(text -> Printable.line(text, LONGEST)).toList());
    }
    return TextTable.of(List.of(rows.columns()), lines);
  }

  private static List<String> values(Row row) {
    var texts = new ArrayList<String>();
    for (int i = 0; i < row.length(); i++) {
      boolean list = row.schema().fields()[i].dataType() instanceof ArrayType && !row.isNullAt(i);
      texts.add(list ? list(row.getList(i)) : text(row.get(i)));
    }
    return texts;
  }

  private static String list(List<?> elements) {
    var texts = new ArrayList<String>();
    elements.stream().limit(ELEMENTS).map(RowText::text).forEach(texts::add);
    if (elements.size() > ELEMENTS) {
      texts.add("... " + elements.size() + " in all");
    }
    return "[" + String.join(", ", texts) + "]";
  }

  private static String text(@Nullable Object value) {
    if (value instanceof Float || value instanceof Double) {
      return String.format(Locale.ROOT, "%.3f", ((Number) value).doubleValue());
    } else if (value instanceof byte[] bytes) {
      return bytes.length + " bytes";
    } else if (value instanceof Row row) {
      return String.join(" ", values(row));
    }
    return value == null ? "" : value.toString();
  }
}
