package io.stoker.runtime;

import java.io.Serializable;

/** Rows and columns. Written {@code HEIGHTxWIDTH}, or one number for a square. */
public record Size(int height, int width) implements Serializable {
  /**
   * @throws IllegalArgumentException if a side is below 1
   */
  public Size {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "size is " + height + "x" + width + ", expected 1x1 or more");
    }
  }

  /**
   * Reads {@code 224} or {@code 224x320} (rows, columns).
   *
   * @throws IllegalArgumentException if the text is neither
   */
  public static Size parse(String text) {
    String[] sides = text.split("x", -1);
    try {
      int height = Integer.parseInt(sides[0]);
      int width = sides.length == 1 ? height : Integer.parseInt(sides[1]);
      if (sides.length <= 2) {
        return new Size(height, width);
      }
    } catch (NumberFormatException e) {
      // the message below serves both
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is no size, expected HEIGHTxWIDTH such as 224x320, or 224 for a square");
  }

  @Override
  public String toString() {
    return height + "x" + width;
  }
}
