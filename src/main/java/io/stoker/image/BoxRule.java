package io.stoker.image;

import io.stoker.region.Box;
import io.stoker.region.Failure;

/**
 * What becomes of a box that reaches outside its image. One without any pixel inside always fails.
 */
public enum BoxRule {
  /** Its region fails. */
  FAIL,
  /** It is cut at the image's border. */
  CLAMP,
  /** It keeps its size; what lies outside is black. */
  PAD;

  /**
   * A settled box.
   *
   * @param box what the slot shows; reaches outside the image only where it is padded
   * @param visible the part of it to decode, within the image
   */
  public record Placed(Box box, Box visible) {
    /** Columns of the slot before the first decoded one. */
    public int left() {
      return visible.x() - box.x();
    }

    /** Rows of the slot before the first decoded one. */
    public int top() {
      return visible.y() - box.y();
    }

    /** Whether the slot shows pixels that the image has not. */
    public boolean isPadded() {
      return !box.equals(visible);
    }
  }

  /**
   * Settles a box against its image.
   *
   * @throws ImageException if it fails by this rule
   */
  public Placed place(Box asked, ImageHeader header) throws ImageException {
    Box image = Box.whole(header.width(), header.height());
    if (image.contains(asked)) {
      return new Placed(asked, asked);
    }
    if (!image.intersects(asked)) {
      throw outside(asked, image, " altogether");
    }
    Box visible = image.intersection(asked);
    return switch (this) {
      case FAIL -> throw outside(asked, image, "; see --box-outside");
      case CLAMP -> new Placed(visible, visible);
      case PAD -> new Placed(asked, visible);
    };
  }

  private static ImageException outside(Box asked, Box image, String ending) {
    return new ImageException(
        Failure.Reason.BOX_OUTSIDE_IMAGE,
        String.format(
            "box %s reaches outside the image of %dx%d%s",
            asked, image.width(), image.height(), ending));
  }
}
