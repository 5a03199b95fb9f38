package io.stoker.pipeline;

/** The pipeline cannot go on: its device, its pool or its storage is broken. Fails the task. */
public final class PipelineException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final boolean processUnfit;

  /**
   * @param message what happened and what to do
   */
  public PipelineException(String message, Throwable cause) {
    super(message, cause);
    this.processUnfit = cause instanceof PipelineException first && first.processUnfit;
  }

  /**
   * @param message what happened and what to do
   */
  public PipelineException(String message) {
    this(message, false);
  }

  private PipelineException(String message, boolean processUnfit) {
    super(message);
    this.processUnfit = processUnfit;
  }

  /** Threads hang that nobody can end: a new pipeline would share its cores with them. */
  static PipelineException unfit(String message) {
    return new PipelineException(message, true);
  }

  /** Whether a new pipeline should be made in a new process only. */
  public boolean isProcessUnfit() {
    return processUnfit;
  }

  /** The same for one more task, which gets a stack trace of its own. */
  static PipelineException again(PipelineException first) {
    return new PipelineException(String.valueOf(first.getMessage()), first);
  }
}
