package io.stoker.image;

import io.stoker.region.Failure;

/** An image that cannot be decoded: fails the regions that need it, never the task. */
public final class ImageException extends Exception {
  private static final long serialVersionUID = 1;

  private final Failure failure;

  /** A failure of stage {@code decode} (or {@code read}). */
  public ImageException(Failure.Reason reason, String detail) {
    super(reason.label() + ": " + detail);
    this.failure = new Failure(reason, detail);
  }

  /** As the row shall have it. */
  public Failure failure() {
    return failure;
  }
}
