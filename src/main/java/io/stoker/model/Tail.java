package io.stoker.model;

import java.io.Serializable;

/**
 * What is put after a model's first fetch, on the device. Further fetches come back as they are;
 * half-precision outputs are cast to float32.
 *
 * @param softmax whether the last axis goes through softmax first
 * @param reduction what is returned of the last axis
 * @param k how many classes for {@link Reduction#TOP_K}, else 0
 */
public record Tail(boolean softmax, Reduction reduction, int k) implements Serializable {
  /** What is returned of the last axis. */
  public enum Reduction {
    /** All of it. */
    NONE,
    /** The index of its largest value: int32. */
    ARGMAX,
    /** The k largest values and their indices, largest first: two outputs, values and indices. */
    TOP_K
  }

  /** Raw outputs. */
  public static final Tail NONE = new Tail(false, Reduction.NONE, 0);
}
