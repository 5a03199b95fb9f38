package io.stoker.spark;

import io.stoker.plan.AccountingMix;
import io.stoker.region.Box;
import io.stoker.region.Failure.Reason;
import io.stoker.runtime.RegionShapes;
import io.stoker.runtime.Size;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * What one pass over the numbered manifest finds. Adding changes the object, as Spark's {@code
 * aggregate} allows; not thread-safe.
 */
final class PlanTotals implements Serializable {
  private static final long serialVersionUID = 1;

  private final EnumMap<Reason, Long> failures = new EnumMap<>(Reason.class);
  private AccountingMix mix = AccountingMix.EMPTY;
  private long ids;
  private long maxId = -1;
  private long cost;
  private long boxes;
  private long wholes;
  private @Nullable Size size;
  private boolean sizesDiffer;

  /** Adds a row. */
  PlanTotals add(Row row) {
    long id = PlanRows.id(row);
    mix = mix.plus(id, PlanRows.key(row));
    ids += id;
    maxId = Math.max(maxId, id);
    cost += row.getLong(PlanRows.COST);
    if (row.isNullAt(PlanRows.REASON)) {
      addBox(PlanRows.box(row));
    } else {
      failures.merge(Reason.valueOf(row.getString(PlanRows.REASON)), 1L, Long::sum);
    }
    return this;
  }

  private void addBox(@Nullable Box box) {
    if (box == null) {
      wholes++;
    } else {
      boxes++;
      addSize(new Size(box.height(), box.width()));
    }
  }

  private void addSize(Size other) {
    sizesDiffer |= size != null && !size.equals(other);
    size = other;
  }

  /** Adds what another partition found. */
  PlanTotals add(PlanTotals other) {
    mix = mix.plus(other.mix);
    ids += other.ids;
    maxId = Math.max(maxId, other.maxId);
    cost += other.cost;
    boxes += other.boxes;
    wholes += other.wholes;
    sizesDiffer |= other.sizesDiffer;
    if (other.size != null) {
      addSize(other.size);
    }
    other.failures.forEach((reason, count) -> failures.merge(reason, count, Long::sum));
    return this;
  }

  /** Whether the ids are 0 to n - 1, each once (given that no partition repeats one). */
  boolean dense() {
    long regions = mix.rows();
    // One of n and n - 1 is even: halve that one, so that nothing overflows but the product, whose
    // low 64 bits are compared.
    long expected = regions % 2 == 0 ? regions / 2 * (regions - 1) : (regions - 1) / 2 * regions;
    return maxId == regions - 1 && ids == expected;
  }

  AccountingMix mix() {
    return mix;
  }

  long cost() {
    return cost;
  }

  Map<Reason, Long> failures() {
    return Map.copyOf(failures);
  }

  RegionShapes shapes() {
    boolean uniform = boxes > 0 && wholes == 0 && !sizesDiffer;
    return new RegionShapes(mix.rows(), uniform ? size : null);
  }
}
