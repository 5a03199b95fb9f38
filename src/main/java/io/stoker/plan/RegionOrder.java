package io.stoker.plan;

import io.stoker.region.Box;
import org.jspecify.annotations.Nullable;

/**
 * Where a region lies among those of its page: by row bands from the top, within a band from left
 * to right, so that regions that one decode can serve follow each other.
 */
public final class RegionOrder {
  private RegionOrder() {}

  /**
   * A key that sorts, as a signed number, the regions of a page: bands of {@link
   * SplitPlan#BAND_ROWS} rows by the box's top, then its left column. The whole page comes first.
   */
  public static long key(@Nullable Box box) {
    if (box == null) {
      return Long.MIN_VALUE;
    }
    long band = Math.floorDiv(box.y(), SplitPlan.BAND_ROWS);
    // Bands lie 2^32 apart: more than two columns ever do, whatever their signs.
    return (band << Integer.SIZE) + box.x();
  }
}
