package io.stoker.tensorflow;

import io.stoker.region.Box;
import java.nio.ByteBuffer;

/** Rearranges decoded samples in the memory in which they are. */
final class Samples {
  private static final int CHANNELS = 3;

  private Samples() {}

  /**
   * Reduces 16-bit samples to 8 bits: {@code (v + 128) / 257}, rounded down, which is {@code v *
   * 255 / 65535} rounded to nearest.
   *
   * @param samples 16-bit, native byte order; overwritten
   * @return the first half of it, which holds the 8-bit samples
   */
  static ByteBuffer reduce(ByteBuffer samples) {
    int count = samples.capacity() / 2;
    for (int i = 0; i < count; i++) {
      int value = Short.toUnsignedInt(samples.getShort(2 * i));
      samples.put(i, (byte) ((value + 128) / 257));
    }
    return samples.slice(0, count).order(samples.order());
  }

  /**
   * Moves a window's rows to the front.
   *
   * @param image of so many columns, 8-bit; overwritten
   * @return the front of it, which holds the window
   */
  static ByteBuffer crop(ByteBuffer image, int columns, Box window) {
    int stride = columns * CHANNELS;
    int rowBytes = window.width() * CHANNELS;
    for (int row = 0; row < window.height(); row++) {
      int from = (window.y() + row) * stride + window.x() * CHANNELS;
      image.put(row * rowBytes, image, from, rowBytes);
    }
    return image.slice(0, window.height() * rowBytes).order(image.order());
  }
}
