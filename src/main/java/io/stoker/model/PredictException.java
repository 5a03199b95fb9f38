package io.stoker.model;

/** A run failed on the device. */
public final class PredictException extends Exception {
  private static final long serialVersionUID = 1;

  /** What went wrong, as far as it matters to what is tried next. */
  public enum Kind {
    /** The model cannot compute this batch: an op refused its values or shapes. */
    MODEL,
    /** The device had too little memory for this batch; a smaller one may pass. */
    OUT_OF_MEMORY,
    /** The session or the device is gone: no batch will pass. */
    BROKEN
  }

  private final Kind kind;

  /**
   * @param message with the op's name, as the framework gives it
   */
  public PredictException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }
}
