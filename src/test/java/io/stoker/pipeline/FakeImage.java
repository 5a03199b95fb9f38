package io.stoker.pipeline;

import io.stoker.region.Box;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * An image whose pixels follow from its seed: a file of a few bytes, as large as one likes.
 *
 * @param headerAt where the header lies in the file, as if behind long metadata
 * @param fileBytes at least {@code headerAt + HEADER_BYTES}
 */
record FakeImage(int seed, int width, int height, boolean sequential, int headerAt, int fileBytes) {
  static final byte[] MAGIC = "FAKE".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 16;

  static FakeImage of(int seed, int width, int height) {
    return new FakeImage(seed, width, height, true, 8, 64 + Math.floorMod(seed, 64));
  }

  byte[] encoded() {
    var bytes = ByteBuffer.allocate(fileBytes);
    bytes.put(MAGIC).putInt(headerAt).position(headerAt);
    bytes.putInt(seed).putInt(width).putInt(height).putInt(sequential ? 1 : 0);
    return bytes.array();
  }

  /** Null if the header lies behind the given bytes. */
  static @Nullable FakeImage parse(byte[] prefix, int length) {
    var bytes = ByteBuffer.wrap(prefix, 0, length);
    int headerAt = bytes.getInt(MAGIC.length);
    if (headerAt + HEADER_BYTES > length) {
      return null;
    }
    bytes.position(headerAt);
    return new FakeImage(
        bytes.getInt(), bytes.getInt(), bytes.getInt(), bytes.getInt() == 1, headerAt, length);
  }

  static boolean hasMagic(byte[] prefix, int length) {
    return length >= MAGIC.length && Arrays.equals(prefix, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  byte pixel(int x, int y, int channel) {
    int hash = ((seed * 31 + x) * 31 + y) * 31 + channel;
    return (byte) (hash * 0x9E3779B1 >>> 24);
  }

  /** {@code [height, width, 3] uint8}, black where the image has no pixels. */
  byte[] pixels(Box box) {
    var pixels = new byte[Math.toIntExact(box.area() * 3)];
    int at = 0;
    for (int y = box.y(); y < box.bottom(); y++) {
      for (int x = box.x(); x < box.right(); x++) {
        boolean inside = x >= 0 && y >= 0 && x < width && y < height;
        for (int channel = 0; channel < 3; channel++) {
          pixels[at++] = inside ? pixel(x, y, channel) : 0;
        }
      }
    }
    return pixels;
  }

  /** What the fake predictor says of a slot. */
  static long answer(ByteBuffer slot) {
    var crc = new CRC32();
    crc.update(slot.duplicate());
    return crc.getValue();
  }
}
