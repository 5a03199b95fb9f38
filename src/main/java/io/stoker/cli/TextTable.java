package io.stoker.cli;

import java.util.List;

/** Rows in columns, for a terminal. */
final class TextTable {
  private static final String INDENT = "  ";

  private TextTable() {}

  /**
   * Aligns them; what looks like a number to the right.
   *
   * @param header a name a column
   * @param rows a text a column
   */
  static String of(List<String> header, List<List<String>> rows) {
    int columns = header.size();
    var widths = new int[columns];
    var numbers = new boolean[columns];
    for (int i = 0; i < columns; i++) {
      int column = i;
      widths[i] =
          Math.max(
              header.get(i).length(),
              rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0));
      numbers[i] = rows.stream().allMatch(row -> row.get(column).matches("-?[0-9.,]+"));
    }
    var table = new StringBuilder(line(header, widths, numbers));
    rows.forEach(row -> table.append(line(row, widths, numbers)));
    return table.toString();
  }

  private static String line(List<String> row, int[] widths, boolean[] numbers) {
    var line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String space = " ".repeat(widths[i] - row.get(i).length());
      line.append(INDENT).append(numbers[i] ? space + row.get(i) : row.get(i) + space);
    }
    return line.toString().stripTrailing() + "\n";
  }
}
