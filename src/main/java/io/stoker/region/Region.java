package io.stoker.region;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * One row of the manifest, one prediction.
 *
 * @param id the row's number in the numbered manifest
 * @param uri the image, absolute; with a {@link RegionLoader} whatever the loader understands
 * @param page the page or sub-image, from 0
 * @param box the pixels to predict, or null for the whole page
 */
public record Region(long id, String uri, int page, @Nullable Box box) implements Serializable {
  /** Whether both lie on the same page of the same image, so that one decode can serve them. */
  public boolean sameImage(Region other) {
    return page == other.page && uri.equals(other.uri);
  }

  @Override
  public String toString() {
    return uri + (page == 0 ? "" : "#" + page) + (box == null ? "" : " " + box);
  }
}
