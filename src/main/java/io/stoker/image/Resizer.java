package io.stoker.image;

import io.stoker.region.Pixels;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Resizes pixels on the CPU: bilinear with half-pixel centres, in the order of operations of
 * TensorFlow's {@code ResizeBilinear} kernel on float32, so that it gives the same numbers as the
 * head does on the device.
 *
 * <p>Not thread-safe: keeps tables and rows from one call to the next.
 */
public final class Resizer {
  private static final int CHANNELS = 3;
  private static final int NO_ROW = -1;

  private final int height;
  private final int width;

  /** For each column of the result: index of the source's values, and how far it lies between. */
  private final int[] left;

  private final int[] right;
  private final float[] weight;

  /** The source's width that the tables are for. */
  private int tableWidth;

  private final float[] result;
  private byte[] source = new byte[0];

  /** Source rows, interpolated along x: a source row serves several of the result's. */
  private float[] upper;

  private float[] lower;
  private int upperRow;
  private int lowerRow;

  /**
   * Resizes to {@code [height, width, 3] float32}.
   *
   * @param height rows, at least 1
   * @param width columns, at least 1
   */
  public Resizer(int height, int width) {
    this.height = height;
    this.width = width;
    left = new int[width];
    right = new int[width];
    weight = new float[width];
    result = new float[width * CHANNELS];
    upper = new float[width * CHANNELS];
    lower = new float[width * CHANNELS];
  }

  /**
   * Resizes.
   *
   * @param pixels three channels
   * @param slot written from its start, in its own byte order
   */
  public void resize(Pixels pixels, ByteBuffer slot) {
    FloatBuffer out = slot.asFloatBuffer();
    prepareColumns(pixels.width());
    upperRow = NO_ROW;
    lowerRow = NO_ROW;
    float scale = pixels.height() / (float) height;
    for (int y = 0; y < height; y++) {
      float at = (y + 0.5f) * scale - 0.5f;
      float floor = (float) Math.floor(at);
      int top = Math.max((int) floor, 0);
      int bottom = Math.min((int) Math.ceil(at), pixels.height() - 1);
      prepareRows(pixels, top, bottom);
      float down = at - floor;
      for (int i = 0; i < result.length; i++) {
        result[i] = upper[i] + (lower[i] - upper[i]) * down;
      }
      out.put(result);
    }
  }

  private void prepareColumns(int sourceWidth) {
    if (tableWidth == sourceWidth) {
      return;
    }
    tableWidth = sourceWidth;
    if (source.length < sourceWidth * CHANNELS) {
      source = new byte[sourceWidth * CHANNELS];
    }
    float scale = sourceWidth / (float) width;
    for (int x = 0; x < width; x++) {
      float at = (x + 0.5f) * scale - 0.5f;
      float floor = (float) Math.floor(at);
      left[x] = Math.max((int) floor, 0) * CHANNELS;
      right[x] = Math.min((int) Math.ceil(at), sourceWidth - 1) * CHANNELS;
      weight[x] = at - floor;
    }
  }

  private void prepareRows(Pixels pixels, int top, int bottom) {
    if (top != upperRow) {
      if (top == lowerRow) {
        swapRows();
      } else {
        interpolate(pixels, top, upper);
        upperRow = top;
      }
    }
    if (bottom != lowerRow) {
      if (bottom == upperRow) {
        System.arraycopy(upper, 0, lower, 0, lower.length);
      } else {
        interpolate(pixels, bottom, lower);
      }
      lowerRow = bottom;
    }
  }

  private void swapRows() {
    float[] row = upper;
    upper = lower;
    lower = row;
    int index = upperRow;
    upperRow = lowerRow;
    lowerRow = index;
  }

  private void interpolate(Pixels pixels, int sourceRow, float[] row) {
    int first = pixels.offset() + sourceRow * pixels.strideBytes();
    pixels.data().get(first, source, 0, pixels.width() * CHANNELS);
    for (int x = 0, i = 0; x < width; x++) {
      for (int channel = 0; channel < CHANNELS; channel++, i++) {
        float from = source[left[x] + channel] & 0xff;
        float to = source[right[x] + channel] & 0xff;
        row[i] = from + (to - from) * weight[x];
      }
    }
  }
}
