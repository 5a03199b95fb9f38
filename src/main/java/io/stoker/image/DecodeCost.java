package io.stoker.image;

import io.stoker.region.Box;

/**
 * What decoding a window of one image costs, in nanoseconds of one core.
 *
 * @param callNanos of any decode
 * @param rowNanos of each row of the image down to the window's last: entropy decoding can't skip
 * @param pixelNanos of each pixel of the window
 * @param wholeNanos of any decode if the file can only be decoded as a whole, otherwise 0
 */
public record DecodeCost(double callNanos, double rowNanos, double pixelNanos, double wholeNanos) {
  private static final double CALL_NANOS = 100_000;
  private static final double BYTE_NANOS = 8;
  private static final double SKIPPED_PIXEL_NANOS = 0.4;
  private static final double PIXEL_NANOS = 1.8;
  private static final double WHOLE_PIXEL_NANOS = 14;

  /**
   * The cost by a file's header and size.
   *
   * @param encodedBytes of the whole file
   */
  public static DecodeCost of(ImageHeader header, long encodedBytes) {
    if (!header.sequential() || !header.windowed()) {
      return new DecodeCost(CALL_NANOS, 0, 0, WHOLE_PIXEL_NANOS * header.pixels());
    }
    double imageNanos = BYTE_NANOS * encodedBytes + SKIPPED_PIXEL_NANOS * header.pixels();
    return new DecodeCost(CALL_NANOS, imageNanos / header.height(), PIXEL_NANOS, 0);
  }

  /** The cost of decoding that window; never less than that of a window inside it. */
  public double nanos(Box window) {
    return callNanos + wholeNanos + rowNanos * window.bottom() + pixelNanos * window.area();
  }
}
