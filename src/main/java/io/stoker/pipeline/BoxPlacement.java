package io.stoker.pipeline;

import io.stoker.image.ImageException;
import io.stoker.image.ImageHeader;
import io.stoker.region.Box;
import io.stoker.region.Failure;
import io.stoker.region.SlotSpec;
import org.jspecify.annotations.Nullable;

/**
 * Settles boxes against their image's size.
 *
 * @param outside what to do with those that reach outside
 * @param maxPixels of a padded box
 * @param exact the slot that every box must fit without resizing, or null
 */
record BoxPlacement(BoxOutside outside, long maxPixels, @Nullable SlotSpec exact) {
  /**
   * Settles a region's box.
   *
   * @throws ImageException if it fails by the rule
   */
  Placed place(Element element, ImageHeader header) throws ImageException {
    Box image = Box.whole(header.width(), header.height());
    Box asked = element.region().box() == null ? image : element.region().box();
    Placed placed = new Placed(element, asked, asked);
    if (!image.contains(asked)) {
      placed = outside(element, asked, image);
    }
    Box box = placed.box();
    if (exact != null && (box.width() != exact.width() || box.height() != exact.height())) {
      throw new ImageException(
          Failure.Reason.BAD_BOX,
          String.format(
              "box %s has not the %dx%d pixels that every box of this job has",
              box, exact.width(), exact.height()));
    }
    return placed;
  }

  private Placed outside(Element element, Box asked, Box image) throws ImageException {
    if (outside == BoxOutside.FAIL || !image.intersects(asked)) {
      throw new ImageException(
          Failure.Reason.BOX_OUTSIDE_IMAGE,
          String.format(
              "box %s reaches outside the image of %dx%d%s",
              asked,
              image.width(),
              image.height(),
              image.intersects(asked) ? "; see --box-outside" : " altogether"));
    }
    Box visible = image.intersection(asked);
    if (outside == BoxOutside.CLAMP) {
      return new Placed(element, visible, visible);
    }
    if (asked.area() > maxPixels) {
      throw new ImageException(
          Failure.Reason.TOO_MANY_PIXELS,
          String.format("box %s has more than %,d pixels to pad", asked, maxPixels));
    }
    return new Placed(element, asked, visible);
  }
}
