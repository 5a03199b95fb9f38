package io.stoker.region;

import java.io.Serializable;

/**
 * Why a region has no prediction.
 *
 * @param reason from the closed list; it names the stage
 * @param detail what a person needs to mend it: values, names, offsets
 */
public record Failure(Reason reason, String detail) implements Serializable {
  /** Where it failed. */
  public Stage stage() {
    return reason.stage();
  }

  /** The stages of a region's life. Rows carry the name in lower case. */
  public enum Stage {
    MANIFEST,
    READ,
    DECODE,
    PREPROCESS,
    PREDICT;

    /** As rows and reports write it. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** The closed list of reasons. Rows carry the name in lower case. */
  public enum Reason {
    NULL_URI(Stage.MANIFEST),
    BAD_BOX(Stage.MANIFEST),
    BAD_PAGE(Stage.MANIFEST),
    NOT_FOUND(Stage.READ),
    DENIED(Stage.READ),
    NOT_ALLOWED(Stage.READ),
    TOO_LARGE(Stage.READ),
    IO(Stage.READ),
    UNKNOWN_FORMAT(Stage.DECODE),
    UNSUPPORTED(Stage.DECODE),
    CORRUPT(Stage.DECODE),
    TRUNCATED(Stage.DECODE),
    TOO_MANY_PIXELS(Stage.DECODE),
    NO_SUCH_PAGE(Stage.DECODE),
    BOX_OUTSIDE_IMAGE(Stage.DECODE),
    TIMEOUT(Stage.DECODE),
    TRANSFORM(Stage.PREPROCESS),
    MODEL(Stage.PREDICT),
    OUT_OF_MEMORY(Stage.PREDICT);

    private final Stage stage;

    Reason(Stage stage) {
      this.stage = stage;
    }

    /** The stage in which this happens. */
    public Stage stage() {
      return stage;
    }

    /** As rows and reports write it. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
