package io.stoker.plan;

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
  public static long key(@Nullable Integer x, @Nullable Integer y) {
    if (x == null || y == null) {
      return Long.MIN_VALUE;
    }
    long band = Math.floorDiv(y, SplitPlan.BAND_ROWS);
    // Bands lie 2^32 apart: more than two columns ever do, whatever their signs.
    return (band << Integer.SIZE) + x;
  }
}
