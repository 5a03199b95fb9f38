package io.stoker.runtime;

import java.util.List;

/**
 * The job is refused before it starts: by the driver, or by an executor that has no such device or
 * too little memory. Carries every problem that was found.
 */
public final class RefusedException extends RuntimeException {
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
