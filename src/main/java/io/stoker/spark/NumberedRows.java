package io.stoker.spark;

import io.stoker.plan.RegionCost;
import io.stoker.plan.RegionKey;
import io.stoker.region.Box;
import java.util.Iterator;
import java.util.Objects;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** Gives sorted rows of one partition their numbers, keys and costs. */
final class NumberedRows implements Iterator<Row> {
  /** What a row without a region is taken for: it still has to be written. */
  private static final Box SMALLEST = new Box(0, 0, 1, 1);

  private final Iterator<Row> rows;
  private long nextId;
  private long costBefore;
  private long occurrence;
  private @Nullable Row previous;

  /**
   * @param firstId number of the first row
   * @param costBefore cost of all rows before it
   */
  NumberedRows(Iterator<Row> rows, long firstId, long costBefore) {
    this.rows = rows;
    this.nextId = firstId;
    this.costBefore = costBefore;
  }

  @Override
  public boolean hasNext() {
    return rows.hasNext();
  }

  @Override
  public Row next() {
    Row row = rows.next();
    boolean firstOfImage = firstOfImage(row);
    occurrence = repeats(row) ? occurrence + 1 : 0;
    long cost = cost(row, firstOfImage);
    var values = new Object[row.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    values[PlanRows.ID] = nextId;
    values[PlanRows.KEY] = key(row, occurrence);
    values[PlanRows.COST_BEFORE] = costBefore;
    values[PlanRows.COST] = cost;
    values[PlanRows.FIRST_OF_IMAGE] = firstOfImage;
    advance(row, cost);
    return RowFactory.create(values);
  }

  /** Passes a row by: counts and costs it only. */
  void skip() {
    Row row = rows.next();
    advance(row, cost(row, firstOfImage(row)));
  }

  /** The number that the next row would have. */
  long nextId() {
    return nextId;
  }

  /** The cost of all rows so far. */
  long costBefore() {
    return costBefore;
  }

  private void advance(Row row, long cost) {
    nextId++;
    costBefore += cost;
    previous = row;
  }

  private boolean firstOfImage(Row row) {
    return row.isNullAt(PlanRows.REASON)
        && !(sameIn(row, PlanRows.URI, PlanRows.PAGE)
            && sameIn(row, PlanRows.REASON, PlanRows.REASON));
  }

  private boolean repeats(Row row) {
    return sameIn(row, PlanRows.URI, PlanRows.HEIGHT)
        && sameIn(row, PlanRows.REASON, PlanRows.DETAIL);
  }

  private static byte[] key(Row row, long occurrence) {
    if (row.isNullAt(PlanRows.REASON)) {
      return RegionKey.of(
          row.getString(PlanRows.URI), row.getInt(PlanRows.PAGE), PlanRows.box(row), occurrence);
    }
    String fault = row.getString(PlanRows.REASON) + " " + row.getString(PlanRows.DETAIL);
    return RegionKey.ofFault(PlanRows.uri(row), fault, occurrence);
  }

  private boolean sameIn(Row row, int from, int to) {
    if (previous == null) {
      return false;
    }
    for (int i = from; i <= to; i++) {
      if (!Objects.equals(row.get(i), previous.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static long cost(Row row, boolean firstOfImage) {
    if (!row.isNullAt(PlanRows.REASON)) {
      return RegionCost.nanos(false, SMALLEST, null, null);
    }
    Long bytes = row.isNullAt(PlanRows.IMAGE_BYTES) ? null : row.getLong(PlanRows.IMAGE_BYTES);
    return RegionCost.nanos(firstOfImage, PlanRows.box(row), pixels(row), bytes);
  }

  private static @Nullable Long pixels(Row row) {
    if (row.isNullAt(PlanRows.IMAGE_WIDTH) || row.isNullAt(PlanRows.IMAGE_HEIGHT)) {
      return null;
    }
    double pixels = (double) row.getLong(PlanRows.IMAGE_WIDTH) * row.getLong(PlanRows.IMAGE_HEIGHT);
    return (long) pixels; // saturates where a product of longs would overflow
  }
}
