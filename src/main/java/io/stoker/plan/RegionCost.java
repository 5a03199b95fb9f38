package io.stoker.plan;

import io.stoker.region.Box;
import org.jspecify.annotations.Nullable;

/**
 * What a region costs, in nanoseconds of one core: coarse, since only ratios matter and many splits
 * even out the rest.
 */
public final class RegionCost {
  // Measured on two cores: TensorFlow decodes 450 x 450 JPEGs in 1.2 ms, 6 ns a pixel; the rest of
  // a region (slot, run, row) is a few tenths of a millisecond.
  private static final long NANOS_A_PIXEL = 6;
  private static final long NANOS_A_REGION = 200_000;

  /** Opening a file on an object store, over the reads that go on at once. */
  private static final long NANOS_AN_IMAGE = 1_000_000;

  /** 100 MB a second. */
  private static final long NANOS_A_BYTE = 10;

  /** What an image without hints is taken for. */
  private static final long AVERAGE_PIXELS = 1L << 20;

  /** Bounds every cost, so that sums of billions of rows fit a long. */
  private static final long MAX_PIXELS = 1L << 28;

  private static final long MAX_IMAGE_BYTES = 1L << 32;

  private RegionCost() {}

  /**
   * The cost of a region.
   *
   * @param firstOfImage whether it is the first of its image, which has to be opened for it
   * @param box or null for the whole image
   * @param imagePixels hint, or null
   * @param imageBytes hint, or null
   */
  public static long nanos(
      boolean firstOfImage,
      @Nullable Box box,
      @Nullable Long imagePixels,
      @Nullable Long imageBytes) {
    long cost = NANOS_A_REGION + NANOS_A_PIXEL * pixels(box, imagePixels);
    if (firstOfImage) {
      cost += NANOS_AN_IMAGE;
      if (imageBytes != null) {
        cost += NANOS_A_BYTE * clamp(imageBytes, MAX_IMAGE_BYTES);
      }
    }
    return cost;
  }

  private static long pixels(@Nullable Box box, @Nullable Long imagePixels) {
    if (box != null) {
      return clamp(box.area(), MAX_PIXELS);
    }
    return imagePixels == null ? AVERAGE_PIXELS : clamp(imagePixels, MAX_PIXELS);
  }

  private static long clamp(long value, long max) {
    return Math.max(0, Math.min(value, max));
  }
}
