package io.stoker.plan;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How the numbered manifest is cut: split {@code k} of {@code n} begins where the cost of all rows
 * before reaches {@code k/n} of the whole. Each partition of rows finds the boundaries that lie in
 * it with a {@link BoundaryCutter}, knowing only the cost before it; the driver sees a row a
 * partition, then a row a split.
 *
 * @param totalCost of all rows
 * @param splits how many, at least 1
 */
public record SplitPlan(long totalCost, int splits) implements Serializable {
  private static final int SPLITS_A_SLOT = 4;
  private static final int BATCHES_A_SPLIT = 20;

  /** Beyond it the scheduler, not the work, would take the driver's time. */
  private static final int MAX_SPLITS = 10_000;

  /**
   * Regions within a row band of this height are decoded together, so they stay together: an
   * image's regions are ordered by band, then from left to right.
   */
  public static final int BAND_ROWS = 256;

  /**
   * Decides how many splits.
   *
   * <p>Four or more a task slot, so that what the cost does not know evens out; but each of 20
   * batches or more where there are that many regions, and a split a slot where there are not.
   *
   * @param regions rows of the manifest
   * @param slots tasks that can run at once
   * @param batch regions a run, as far as known
   */
  public static SplitPlan of(long regions, long totalCost, int slots, int batch) {
    long byBatches = regions / ((long) BATCHES_A_SPLIT * Math.max(1, batch));
    long enough = (long) SPLITS_A_SLOT * slots;
    long wanted = byBatches >= enough ? byBatches : Math.max(Math.min(slots, enough), byBatches);
    long splits = Math.max(1, Math.min(Math.min(wanted, MAX_SPLITS), regions));
    return new SplitPlan(totalCost, (int) splits);
  }

  /** The cost at which split {@code k} begins. */
  double threshold(int k) {
    return (double) totalCost * k / splits;
  }

  /** What one split would cost if all cost the same. */
  double mean() {
    return (double) totalCost / splits;
  }

  /**
   * Where a split begins.
   *
   * @param regionId of its first row
   * @param costBefore cost of all rows before
   */
  public record Boundary(long regionId, long costBefore) implements Serializable {}

  /**
   * Rows that one task predicts.
   *
   * @param begin first region id
   * @param end region id after the last
   * @param cost of these rows
   */
  public record Split(long begin, long end, long cost) implements Serializable {}

  /**
   * The splits between all partitions' boundaries, the costliest first: it starts first, so that no
   * long task is left at the end.
   *
   * @param boundaries in any order
   * @param regions rows of the manifest, at least 1
   */
  public List<Split> splits(List<Boundary> boundaries, long regions) {
    var cuts = new ArrayList<Boundary>();
    cuts.add(new Boundary(0, 0));
    boundaries.stream().sorted(Comparator.comparingLong(Boundary::regionId)).forEach(cuts::add);
    cuts.add(new Boundary(regions, totalCost));
    var splits = new ArrayList<Split>();
    for (int i = 1; i < cuts.size(); i++) {
      Boundary from = cuts.get(i - 1);
      Boundary to = cuts.get(i);
      if (to.regionId() > from.regionId()) {
        splits.add(new Split(from.regionId(), to.regionId(), to.costBefore() - from.costBefore()));
      }
    }
    splits.sort(Comparator.comparingLong(Split::cost).reversed());
    return splits;
  }
}
