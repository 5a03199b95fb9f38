package io.stoker.region;

import java.nio.ByteBuffer;

/**
 * Decoded pixels of one region.
 *
 * @param width columns
 * @param height rows
 * @param channels values a pixel: 3 (red, green, blue)
 * @param strideBytes bytes from one row's first value to the next row's; at least width × channels
 * @param data unsigned bytes, row-major, the first pixel at index {@code offset}; lent: read only,
 *     and only until the method that received it returns
 * @param offset index of the first value in {@code data}
 */
public record Pixels(
    int width, int height, int channels, int strideBytes, ByteBuffer data, int offset) {
  /** One value, 0 to 255; for code that does not read row by row. */
  public int value(int x, int y, int channel) {
    return data.get(offset + y * strideBytes + x * channels + channel) & 0xff;
  }
}
