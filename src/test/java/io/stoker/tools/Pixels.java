package io.stoker.tools;

import io.stoker.region.Box;
import java.awt.image.BufferedImage;

/** Pixels of Java images as the bytes that TensorFlow takes. */
final class Pixels {
  private Pixels() {}

  /** Copies a box as rows of red, green, blue. */
  static void copy(BufferedImage image, Box box, byte[] target, int offset) {
    int[] rgb = image.getRGB(box.x(), box.y(), box.width(), box.height(), null, 0, box.width());
    for (int pixel : rgb) {
      target[offset++] = (byte) (pixel >> 16);
      target[offset++] = (byte) (pixel >> 8);
      target[offset++] = (byte) pixel;
    }
  }
}
