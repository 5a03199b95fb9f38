package io.stoker.image;

import io.stoker.region.Box;
import java.util.List;
import java.util.function.ToLongFunction;

/** Chooses windows. */
public final class WindowPlanner {
  private WindowPlanner() {}

  /**
   * Plans the decodes that serve all boxes.
   *
   * @param boxes within the image
   * @param bytes the memory that decoding a window takes; never less than for a window inside it
   * @param maxBytes of one job
   */
  public static WindowPlan plan(
      DecodeCost cost, List<Box> boxes, ToLongFunction<Box> bytes, long maxBytes) {
    throw new UnsupportedOperationException();
  }
}
