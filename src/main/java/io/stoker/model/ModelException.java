package io.stoker.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model is refused, or cannot be used as asked. Carries every problem that was found, and what
 * more can be looked for meanwhile: nobody wants to be told of the next mistake after mending one.
 */
public final class ModelException extends Exception {
  private static final long serialVersionUID = 1;

  private final List<String> problems;
  private final List<ModelRequest> choices;
  private final transient @Nullable ResolvedModel rest;

  private ModelException(
      List<String> problems, List<ModelRequest> choices, @Nullable ResolvedModel rest) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
    this.choices = List.copyOf(choices);
    this.rest = rest;
  }

  /**
   * @param problems what is wrong and what to do, one a line, at least one
   */
  public ModelException(List<String> problems) {
    this(problems, List.of(), null);
  }

  /** One problem. */
  public ModelException(String problem, Throwable cause) {
    this(List.of(problem));
    initCause(cause);
  }

  /** One problem. */
  public ModelException(String problem) {
    this(List.of(problem));
  }

  /**
   * A name that is missing, ambiguous or wrong.
   *
   * @param choices requests that differ from the one refused in that name alone; what is wrong with
   *     all of them is wrong with the one that was meant
   */
  public static ModelException choose(List<String> problems, List<ModelRequest> choices) {
    return new ModelException(problems, choices, null);
  }

  /**
   * Problems that leave the images' way through the model known.
   *
   * @param rest not fit to run, but its input and its fetches are those that were asked for
   */
  public static ModelException beside(List<String> problems, @Nullable ResolvedModel rest) {
    return new ModelException(problems, List.of(), rest);
  }

  /** The same with other words for its problems. */
  public ModelException reworded(List<String> words) {
    var reworded = new ModelException(words, choices, rest);
    reworded.initCause(this);
    return reworded;
  }

  /** What is wrong and what to do, one an element. */
  public List<String> problems() {
    return problems;
  }

  /** See {@link #choose}; empty if there are none. */
  public List<ModelRequest> choices() {
    return choices;
  }

  /** See {@link #beside}. */
  public @Nullable ResolvedModel rest() {
    return rest;
  }
}
