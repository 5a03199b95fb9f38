package io.stoker.example;

import java.util.Arrays;

/**
 * A smooth function of the plane, sampled every {@link #STEP_PIXELS} pixels and interpolated
 * between: layouts change slowly, and are read at every pixel. Immutable.
 */
final class Grid {
  private static final int STEP_PIXELS = 8;

  private final int columns;
  private final float[] samples;

  /** A function of pixel coordinates. */
  interface Function {
    double at(double x, double y);
  }

  Grid(int width, int height, Function function) {
    columns = width / STEP_PIXELS + 2;
    int rows = height / STEP_PIXELS + 2;
    samples = new float[columns * rows];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        samples[row * columns + column] =
            (float) function.at((double) column * STEP_PIXELS, (double) row * STEP_PIXELS);
      }
    }
  }

  /** The value at a pixel of the area the grid was made for. */
  double at(int x, int y) {
    int corner = y / STEP_PIXELS * columns + x / STEP_PIXELS;
    double u = (double) (x % STEP_PIXELS) / STEP_PIXELS;
    double v = (double) (y % STEP_PIXELS) / STEP_PIXELS;
    double upper = samples[corner] + u * (samples[corner + 1] - samples[corner]);
    double lower =
        samples[corner + columns] + u * (samples[corner + columns + 1] - samples[corner + columns]);
    return upper + v * (lower - upper);
  }

  /** The value below which that share of the samples lies. */
  double quantile(double share) {
    float[] sorted = samples.clone();
    Arrays.sort(sorted);
    return sorted[(int) (share * (sorted.length - 1))];
  }
}
