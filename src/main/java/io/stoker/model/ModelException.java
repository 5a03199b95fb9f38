package io.stoker.model;

import java.util.List;

/** A model is refused, or cannot be used as asked. Carries every problem that was found. */
public final class ModelException extends Exception {
  private static final long serialVersionUID = 1;

  private final List<String> problems;

  /**
   * @param problems what is wrong and what to do, one a line, at least one
   */
  public ModelException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** One problem. */
  public ModelException(String problem, Throwable cause) {
    super(problem, cause);
    this.problems = List.of(problem);
  }

  /** One problem. */
  public ModelException(String problem) {
    this(List.of(problem));
  }

  /** What is wrong and what to do, one an element. */
  public List<String> problems() {
    return problems;
  }
}
