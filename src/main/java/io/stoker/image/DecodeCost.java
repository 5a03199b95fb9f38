package io.stoker.image;

import io.stoker.region.Box;

/**
 * What decoding a window of one image costs, in nanoseconds of one core. Only ratios matter.
 *
 * <p>The constants fit TensorFlow's decode ops ({@code INTEGER_ACCURATE}, one thread, on two shared
 * cores, 2026-11-23) on generated JPEGs of 4000x3000 pixels and 0.4 to 6 MB, for windows and strips
 * at the top, in the middle and at the bottom. The formula gives 0.8 to 1.25 times the time
 * measured for 42 of 48 windows, 0.58 to 0.8 times for the others, of which five take under 7 ms.
 * At 3.5 MB, measured and by the formula, in milliseconds:
 *
 * <ul>
 *   <li>whole: 46, 48
 *   <li>224x224 at the top, in the middle, at the bottom: 2.9, 17.0, 32.0; 2.7, 18.8, 34.8
 *   <li>4000x224 there: 3.7, 18.8, 31.7; 3.7, 19.7, 35.7
 *   <li>progressive (3.2 MB), any window: 140 to 185; 144
 * </ul>
 *
 * <p>So a window costs what is coded above its bottom row, whatever its width; its own pixels cost
 * little. PNG: 38 ms for 2000x1500, smooth or noisy.
 *
 * @param callNanos of any decode
 * @param rowNanos of each row of the image down to the window's last: entropy decoding can't skip
 * @param pixelNanos of each pixel of the window
 * @param wholeNanos of any decode if the file can only be decoded as a whole, otherwise 0
 */
public record DecodeCost(double callNanos, double rowNanos, double pixelNanos, double wholeNanos) {
  private static final double CALL_NANOS = 100_000;

  // Sequential JPEG.
  private static final double BYTE_NANOS = 9.6;
  private static final double SKIPPED_PIXEL_NANOS = 0.06;
  private static final double PIXEL_NANOS = 1.1;

  // Progressive JPEG: many passes over all coefficients.
  private static final double PROGRESSIVE_BYTE_NANOS = 33;
  private static final double PROGRESSIVE_PIXEL_NANOS = 3.3;

  /** PNG, and what else is decoded as a whole. */
  private static final double OTHER_PIXEL_NANOS = 13;

  /**
   * The cost by a file's header and size.
   *
   * @param encodedBytes of the whole file
   */
  public static DecodeCost of(ImageHeader header, long encodedBytes) {
    if (header.sequential() && header.windowed()) {
      double imageNanos = BYTE_NANOS * encodedBytes + SKIPPED_PIXEL_NANOS * header.pixels();
      return new DecodeCost(CALL_NANOS, imageNanos / header.height(), PIXEL_NANOS, 0);
    }
    double whole =
        header.format().equals("jpeg")
            ? PROGRESSIVE_BYTE_NANOS * encodedBytes + PROGRESSIVE_PIXEL_NANOS * header.pixels()
            : OTHER_PIXEL_NANOS * header.pixels();
    return new DecodeCost(CALL_NANOS, 0, 0, whole);
  }

  /** The cost of decoding that window; never less than that of a window inside it. */
  public double nanos(Box window) {
    return callNanos + wholeNanos + rowNanos * window.bottom() + pixelNanos * window.area();
  }
}
