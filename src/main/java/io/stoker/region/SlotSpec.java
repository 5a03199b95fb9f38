package io.stoker.region;

import java.io.Serializable;

/**
 * The shape and type of a region's place in a batch: {@code [height, width, channels]}, row-major.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param channels values a pixel, at least 1
 * @param type type of one value
 */
public record SlotSpec(int height, int width, int channels, Type type) implements Serializable {
  /** What a slot's values are. */
  public enum Type {
    /** Unsigned bytes, 0 to 255. */
    UINT8(1),
    /** 32-bit floats in the machine's byte order. */
    FLOAT32(4);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }

    /** Bytes of one value. */
    public int bytes() {
      return bytes;
    }
  }

  /**
   * @throws IllegalArgumentException if a side is below 1 or the slot exceeds 2 GiB
   */
  public SlotSpec {
    if (height < 1 || width < 1 || channels < 1) {
      throw new IllegalArgumentException(
          "slot is [" + height + ", " + width + ", " + channels + "], expected sides of 1 or more");
    }
    Math.toIntExact(Math.multiplyExact((long) height * width, (long) channels * type.bytes()));
  }

  /** Bytes of one slot. */
  public int bytes() {
    return height * width * channels * type.bytes();
  }
}
