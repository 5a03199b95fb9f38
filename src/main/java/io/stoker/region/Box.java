package io.stoker.region;

import java.io.Serializable;

/**
 * A rectangle of stored pixels, origin top left. May reach outside its image until it is resolved
 * against the image's size.
 *
 * @param x left column
 * @param y top row
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record Box(int x, int y, int width, int height) implements Serializable {
  /**
   * @throws IllegalArgumentException if a side is below 1
   */
  public Box {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "box is " + width + "x" + height + ", expected at least 1x1");
    }
  }

  /** A whole image of that size. */
  public static Box whole(int width, int height) {
    return new Box(0, 0, width, height);
  }

  /** The first column right of the box; {@code long}, since x + width may overflow an int. */
  public long right() {
    return (long) x + width;
  }

  /** The first row below the box. */
  public long bottom() {
    return (long) y + height;
  }

  /** Pixels in the box. */
  public long area() {
    return (long) width * height;
  }

  /** Whether every pixel of the other box is one of this box. */
  public boolean contains(Box other) {
    return other.x >= x && other.y >= y && other.right() <= right() && other.bottom() <= bottom();
  }

  /** Whether the boxes have a pixel in common. */
  public boolean intersects(Box other) {
    return other.x < right() && x < other.right() && other.y < bottom() && y < other.bottom();
  }

  /**
   * The pixels that are in both boxes.
   *
   * @throws IllegalArgumentException if there are none
   */
  public Box intersection(Box other) {
    int left = Math.max(x, other.x);
    int top = Math.max(y, other.y);
    return new Box(
        left,
        top,
        (int) (Math.min(right(), other.right()) - left),
        (int) (Math.min(bottom(), other.bottom()) - top));
  }

  @Override
  public String toString() {
    return width + "x" + height + "+" + x + "+" + y;
  }
}
