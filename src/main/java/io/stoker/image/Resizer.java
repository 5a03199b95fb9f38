package io.stoker.image;

import io.stoker.region.Pixels;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Resizes pixels on the CPU: bilinear with half-pixel centres, in the order of operations of
 * TensorFlow's {@code ResizeBilinear}. Not thread-safe.
 */
public final class Resizer {
  private final int height;
  private final int width;
  private final int[] left;
  private final int[] right;
  private final float[] weight;
  private final float[] row;

  /** Resizes to {@code [height, width, 3] float32}. */
  public Resizer(int height, int width) {
    this.height = height;
    this.width = width;
    this.left = new int[width];
    this.right = new int[width];
    this.weight = new float[width];
    this.row = new float[width * 3];
  }

  /**
   * Resizes.
   *
   * @param pixels three channels
   * @param slot written from its start, in its own byte order
   */
  public void resize(Pixels pixels, ByteBuffer slot) {
    float scaleX = pixels.width() / (float) width;
    for (int x = 0; x < width; x++) {
      float at = (x + 0.5f) * scaleX - 0.5f;
      float floor = (float) Math.floor(at);
      left[x] = Math.max((int) floor, 0) * 3;
      right[x] = Math.min((int) Math.ceil(at), pixels.width() - 1) * 3;
      weight[x] = at - floor;
    }
    FloatBuffer out = slot.asFloatBuffer();
    float scaleY = pixels.height() / (float) height;
    for (int y = 0; y < height; y++) {
      float at = (y + 0.5f) * scaleY - 0.5f;
      float floor = (float) Math.floor(at);
      int top = pixels.offset() + Math.max((int) floor, 0) * pixels.strideBytes();
      int bottom =
          pixels.offset()
              + Math.min((int) Math.ceil(at), pixels.height() - 1) * pixels.strideBytes();
      resizeRow(pixels.data(), top, bottom, at - floor);
      out.put(y * row.length, row);
    }
  }

  private void resizeRow(ByteBuffer data, int top, int bottom, float down) {
    for (int x = 0; x < width; x++) {
      for (int channel = 0; channel < 3; channel++) {
        float topLeft = data.get(top + left[x] + channel) & 0xff;
        float topRight = data.get(top + right[x] + channel) & 0xff;
        float bottomLeft = data.get(bottom + left[x] + channel) & 0xff;
        float bottomRight = data.get(bottom + right[x] + channel) & 0xff;
        float upper = topLeft + (topRight - topLeft) * weight[x];
        float lower = bottomLeft + (bottomRight - bottomLeft) * weight[x];
        row[x * 3 + channel] = upper + (lower - upper) * down;
      }
    }
  }
}
