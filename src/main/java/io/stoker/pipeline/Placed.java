package io.stoker.pipeline;

import io.stoker.region.Box;

/**
 * A region whose box is settled against its image's size.
 *
 * @param box what the slot shall show; reaches outside the image only where that is padded
 * @param visible the part of it that the image has
 */
record Placed(Element element, Box box, Box visible) {
  boolean isPadded() {
    return !box.equals(visible);
  }
}
