package io.stoker.image;

import io.stoker.region.Pixels;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Resizes pixels on the CPU: bilinear with half-pixel centres, to the very numbers of TensorFlow's
 * {@code ResizeBilinear(half_pixel_centers=true)} on the pixels cast to float32. Each value takes
 * the same operations in the same order as in {@code core/kernels/image/resize_bilinear_op.cc}:
 * first along x in both rows, then between them.
 *
 * <p>Keeps buffers and the tables of the last input size. Not thread-safe: one a worker.
 */
public final class Resizer {
  private static final int CHANNELS = 3;

  private final Axis.Cached columns;
  private final Axis.Cached rows;

  // Source rows already resized along x. An output row needs two, and often the next needs them
  // again.
  private float[] upper;
  private float[] lower;
  private int upperRow;
  private int lowerRow;

  private final float[] out;
  private byte[] source = new byte[0];

  /**
   * A resizer to one size.
   *
   * @param height rows, at least 1
   * @param width columns, at least 1
   */
  public Resizer(int height, int width) {
    rows = new Axis.Cached(height);
    columns = new Axis.Cached(width);
    int values = Math.multiplyExact(width, CHANNELS);
    upper = new float[values];
    lower = new float[values];
    out = new float[values];
  }

  /**
   * Resizes.
   *
   * @param pixels three channels
   * @param slot {@code [height, width, 3] float32}, written from its start in its own byte order;
   *     its position stays
   * @throws IllegalArgumentException if the pixels have other than three channels or the slot is
   *     too small
   */
  public void resize(Pixels pixels, ByteBuffer slot) {
    check(pixels, slot);
    FloatBuffer values = slot.duplicate().order(slot.order()).position(0).asFloatBuffer();
    source = grown(source, pixels.width() * CHANNELS);
    if (pixels.width() == columns.size() && pixels.height() == rows.size()) {
      convert(pixels, values);
      return;
    }
    Axis across = columns.from(pixels.width());
    Axis down = rows.from(pixels.height());
    upperRow = -1;
    lowerRow = -1;
    for (int y = 0; y < rows.size(); y++) {
      load(pixels, across, down.lower(y), down.upper(y));
      blend(down.weight(y));
      values.put(y * out.length, out);
    }
  }

  private void check(Pixels pixels, ByteBuffer slot) {
    if (pixels.channels() != CHANNELS) {
      throw new IllegalArgumentException(
          "pixels have " + pixels.channels() + " channels, expected " + CHANNELS);
    }
    long bytes = (long) rows.size() * out.length * Float.BYTES;
    if (slot.limit() < bytes) {
      throw new IllegalArgumentException(
          "slot has " + slot.limit() + " bytes, expected at least " + bytes);
    }
  }

  /** As the kernel does where nothing is to be resized. */
  private void convert(Pixels pixels, FloatBuffer values) {
    for (int y = 0; y < pixels.height(); y++) {
      read(pixels, y);
      for (int i = 0; i < out.length; i++) {
        out[i] = source[i] & 0xff;
      }
      values.put(y * out.length, out);
    }
  }

  /** Makes {@link #upper} and {@link #lower} those rows, resized along x. */
  private void load(Pixels pixels, Axis across, int first, int second) {
    if (first == lowerRow) {
      float[] swapped = upper;
      upper = lower;
      lower = swapped;
      lowerRow = upperRow;
      upperRow = first;
    }
    if (first != upperRow) {
      read(pixels, first);
      across.interpolate(source, upper);
      upperRow = first;
    }
    if (second != lowerRow) {
      if (second == upperRow) {
        System.arraycopy(upper, 0, lower, 0, upper.length);
      } else {
        read(pixels, second);
        across.interpolate(source, lower);
      }
      lowerRow = second;
    }
  }

  private void read(Pixels pixels, int row) {
    pixels
        .data()
        .get(pixels.offset() + row * pixels.strideBytes(), source, 0, pixels.width() * CHANNELS);
  }

  /** Fills {@link #out}; a loop of its own, which the JIT turns into vector instructions. */
  private void blend(float weight) {
    float[] above = upper;
    float[] below = lower;
    float[] result = out;
    for (int i = 0; i < result.length; i++) {
      result[i] = above[i] + (below[i] - above[i]) * weight;
    }
  }

  private static byte[] grown(byte[] array, int length) {
    return array.length < length ? new byte[length] : array;
  }

  /** Where the values of one axis come from: two neighbours, and how far it is to the second. */
  private record Axis(int inputs, int[] lowers, int[] uppers, float[] weights) {
    static Axis of(int inputs, int outputs) {
      var axis = new Axis(inputs, new int[outputs], new int[outputs], new float[outputs]);
      float scale = inputs / (float) outputs;
      for (int i = 0; i < outputs; i++) {
        float at = (i + 0.5f) * scale - 0.5f;
        float floor = (float) Math.floor(at);
        axis.lowers[i] = Math.max((int) floor, 0);
        axis.uppers[i] = Math.min((int) Math.ceil(at), inputs - 1);
        axis.weights[i] = at - floor;
      }
      return axis;
    }

    int lower(int i) {
      return lowers[i];
    }

    int upper(int i) {
      return uppers[i];
    }

    float weight(int i) {
      return weights[i];
    }

    void interpolate(byte[] row, float[] result) {
      int to = 0;
      for (int x = 0; x < weights.length; x++) {
        int left = lowers[x] * CHANNELS;
        int right = uppers[x] * CHANNELS;
        float weight = weights[x];
        float red = row[left] & 0xff;
        float green = row[left + 1] & 0xff;
        float blue = row[left + 2] & 0xff;
        result[to] = red + ((row[right] & 0xff) - red) * weight;
        result[to + 1] = green + ((row[right + 1] & 0xff) - green) * weight;
        result[to + 2] = blue + ((row[right + 2] & 0xff) - blue) * weight;
        to += CHANNELS;
      }
    }

    /** The axis of the last input size: most regions of a job have the same. */
    static final class Cached {
      private final int outputs;
      private @Nullable Axis last;

      Cached(int outputs) {
        if (outputs < 1) {
          throw new IllegalArgumentException("size is " + outputs + ", expected at least 1");
        }
        this.outputs = outputs;
      }

      int size() {
        return outputs;
      }

      Axis from(int inputs) {
        Axis axis = last;
        if (axis == null || axis.inputs != inputs) {
          axis = of(inputs, outputs);
          last = axis;
        }
        return axis;
      }
    }
  }
}
