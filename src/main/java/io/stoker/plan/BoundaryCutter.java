package io.stoker.plan;

import io.stoker.plan.SplitPlan.Boundary;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the split boundaries in one partition of the numbered manifest, given its rows in order.
 *
 * <p>A boundary moves to the beginning of an image that lies near enough, so that few tasks open
 * the same image; otherwise the image is cut. No split gets costlier by it than {@code 1 + 2 ×
 * TOLERANCE} times the mean, and one region.
 *
 * <p>Not thread-safe.
 */
public final class BoundaryCutter {
  /** How far a boundary may move, as a share of the mean split. */
  static final double TOLERANCE = 0.08;

  private final SplitPlan plan;
  private final double tolerance;
  private final List<Boundary> boundaries = new ArrayList<>();

  /** Of all rows so far, those of earlier partitions included. */
  private long cost;

  private long nextRegionId;

  /** Which boundary comes next. */
  private int next;

  /** The last image that began near before the next threshold. */
  private @Nullable Boundary imageBefore;

  /** The row at the threshold, once it was passed inside an image. */
  private @Nullable Boundary crossing;

  /**
   * @param costBefore cost of all rows before this partition
   */
  public BoundaryCutter(SplitPlan plan, long costBefore) {
    this.plan = plan;
    this.tolerance = plan.mean() * TOLERANCE;
    this.cost = costBefore;
    next = 1;
    // A threshold belongs to the partition in which the sum of costs reaches it.
    while (next < plan.splits() && plan.threshold(next) <= costBefore) {
      next++;
    }
  }

  /** Takes the next row. */
  public void add(long regionId, boolean firstOfImage, long rowCost) {
    var here = new Boundary(regionId, cost);
    if (crossing != null) {
      boolean near = cost <= plan.threshold(next) + tolerance;
      if (firstOfImage || !near) {
        cut(firstOfImage && near ? here : crossing);
      }
    }
    while (crossing == null && reached()) {
      if (firstOfImage) {
        cut(here);
      } else if (imageBefore != null) {
        cut(imageBefore);
      } else {
        crossing = here;
      }
    }
    if (firstOfImage && next < plan.splits() && cost >= plan.threshold(next) - tolerance) {
      imageBefore = here;
    }
    cost += rowCost;
    nextRegionId = regionId + 1;
  }

  private boolean reached() {
    return next < plan.splits() && cost >= plan.threshold(next);
  }

  private void cut(Boundary boundary) {
    boundaries.add(boundary);
    next++;
    imageBefore = null;
    crossing = null;
  }

  /** The boundaries, after the last row. */
  public List<Boundary> boundaries() {
    if (crossing != null) {
      cut(crossing);
    }
    while (reached()) {
      // What the next partition begins with is not known here.
      cut(imageBefore == null ? new Boundary(nextRegionId, cost) : imageBefore);
    }
    return List.copyOf(boundaries);
  }
}
