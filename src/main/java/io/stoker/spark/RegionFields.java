package io.stoker.spark;

import io.stoker.region.Box;
import io.stoker.region.Failure;
import io.stoker.region.Failure.Reason;
import java.math.BigDecimal;
import java.util.List;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * What a row of the manifest says of its region.
 *
 * @param uri the image, as the manifest has it; null if the row has none
 * @param page from 0
 * @param box null for the whole page, and where there is a failure
 * @param imageWidth a hint, or null
 * @param imageHeight a hint, or null
 * @param imageBytes a hint, or null
 * @param failure why there is no region in the row, or null
 */
record RegionFields(
    @Nullable String uri,
    int page,
    @Nullable Box box,
    @Nullable Long imageWidth,
    @Nullable Long imageHeight,
    @Nullable Long imageBytes,
    @Nullable Failure failure) {
  private static final int MAX_DIGITS = 60;
  private static final int MAX_QUOTED = 200;
  private static final BigDecimal MAX_HINT = BigDecimal.valueOf(Long.MAX_VALUE);

  /**
   * Reads a row of the manifest. Values are read as they are, never cast by SQL, which would make
   * null of what it cannot read, or end the job.
   *
   * @param malformed position of the text of lines that do not parse, or -1
   */
  static RegionFields read(Row row, ContractColumns columns, int malformed) {
    return new Reader(row, columns, malformed).read();
  }

  /** Why there is no region in the row. */
  private static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String detail) {
      super(detail, null, false, false);
    }
  }

  private record Reader(Row row, ContractColumns columns, int malformed) {
    RegionFields read() {
      String uri = text(ContractColumn.URI);
      if (uri == null) {
        return failed(null, Reason.NULL_URI, "the row has no uri");
      }
      long page;
      try {
        Long given = number(ContractColumn.PAGE, 0);
        page = given == null ? 0 : given;
      } catch (Unreadable e) {
        return failed(uri, Reason.BAD_PAGE, String.valueOf(e.getMessage()));
      }
      try {
        return new RegionFields(
            uri,
            (int) page,
            box(),
            hint(ContractColumn.IMAGE_WIDTH),
            hint(ContractColumn.IMAGE_HEIGHT),
            hint(ContractColumn.IMAGE_BYTES),
            null);
      } catch (Unreadable e) {
        return failed(uri, Reason.BAD_BOX, String.valueOf(e.getMessage()));
      }
    }

    private @Nullable Box box() throws Unreadable {
      Long x = number(ContractColumn.X, Integer.MIN_VALUE);
      Long y = number(ContractColumn.Y, Integer.MIN_VALUE);
      Long width = number(ContractColumn.WIDTH, 1);
      Long height = number(ContractColumn.HEIGHT, 1);
      if (x != null && y != null && width != null && height != null) {
        return new Box(x.intValue(), y.intValue(), width.intValue(), height.intValue());
      }
      List<String> missing =
          ContractColumn.BOX.stream()
              .filter(column -> columns.has(column) && value(column) == null)
              .map(ContractColumn::label)
              .toList();
      boolean whole = missing.isEmpty() || missing.size() == ContractColumn.BOX.size();
      // Of a broken line the box may be what was lost.
      if (whole && (missing.isEmpty() || malformedText() == null)) {
        return null;
      }
      throw new Unreadable(
          "the row has no "
              + String.join(", ", missing)
              + "; a box needs x, y, width and height, a whole image none of them");
    }

    private RegionFields failed(@Nullable String uri, Reason reason, String detail) {
      String line = malformedText();
      String all = line == null ? detail : detail + "; the line does not parse: " + shortened(line);
      return new RegionFields(uri, 0, null, null, null, null, new Failure(reason, all));
    }

    /** Hints only guide the planning: what cannot be read is as good as nothing. */
    private @Nullable Long hint(ContractColumn column) {
      BigDecimal number = decimal(value(column));
      return number == null
              || number.compareTo(BigDecimal.ONE) < 0
              || number.compareTo(MAX_HINT) > 0
          ? null
          : number.longValue();
    }

    private @Nullable Long number(ContractColumn column, long min) throws Unreadable {
      Object value = value(column);
      if (value == null) {
        return null;
      }
      BigDecimal number = decimal(value);
      if (number == null
          || number.compareTo(BigDecimal.valueOf(min)) < 0
          || number.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0
          || number.stripTrailingZeros().scale() > 0) {
        throw new Unreadable(
            column.label()
                + " is \""
                + shortened(value.toString())
                + "\", expected a whole number from "
                + min
                + " to "
                + Integer.MAX_VALUE);
      }
      return number.longValue();
    }

    private @Nullable String text(ContractColumn column) {
      return value(column) instanceof String text ? text : null;
    }

    /** The value, or null if there is no such column, or nothing but blanks. */
    private @Nullable Object value(ContractColumn column) {
      int position = columns.position(column);
      if (position < 0 || row.isNullAt(position)) {
        return null;
      }
      Object value = row.get(position);
      return value instanceof String text && text.isBlank() ? null : value;
    }

    private @Nullable String malformedText() {
      return malformed < 0 || row.isNullAt(malformed) ? null : row.getString(malformed);
    }

    private static String shortened(String text) {
      return text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "…";
    }

    private static @Nullable BigDecimal decimal(@Nullable Object value) {
      if (value == null) {
        return null;
      }
      String text = value.toString().strip();
      try {
        // BigDecimal takes long for long ones, and none of them is in range.
        return text.length() > MAX_DIGITS ? null : new BigDecimal(text);
      } catch (NumberFormatException e) {
        return null;
      }
    }
  }
}
