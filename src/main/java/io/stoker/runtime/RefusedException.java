package io.stoker.runtime;

import java.util.List;

/** The job is refused before it starts. Carries every problem that was found. */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final List<String> problems;

  /**
   * @param problems what is wrong and what to do, one an element, at least one
   */
  public RefusedException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong and what to do, one an element. */
  public List<String> problems() {
    return problems;
  }
}
