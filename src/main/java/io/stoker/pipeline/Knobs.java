package io.stoker.pipeline;

import java.io.Serializable;

/**
 * What can be changed while a pipeline works.
 *
 * @param decodeThreads decode threads that work at once
 * @param fetchThreads files that are read at once
 */
public record Knobs(int decodeThreads, int fetchThreads) implements Serializable {
  /** The same with no more fetch threads than that, but one. */
  Knobs reading(int atMost) {
    return new Knobs(decodeThreads, Math.max(1, Math.min(fetchThreads, atMost)));
  }
}
