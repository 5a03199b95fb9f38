package io.stoker.pipeline;

/** The pipeline cannot go on: its device, its pool or its storage is broken. Fails the task. */
public final class PipelineException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param message what happened and what to do
   */
  public PipelineException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * @param message what happened and what to do
   */
  public PipelineException(String message) {
    super(message);
  }

  /** The same for one more task, which gets a stack trace of its own. */
  static PipelineException again(PipelineException first) {
    return new PipelineException(String.valueOf(first.getMessage()), first);
  }
}
