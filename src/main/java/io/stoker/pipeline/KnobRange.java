package io.stoker.pipeline;

import java.io.Serializable;

/**
 * Between what values a pipeline chooses, and where it begins.
 *
 * @param least the smallest values
 * @param start the first values
 * @param most the largest values: so many threads are made
 */
public record KnobRange(Knobs least, Knobs start, Knobs most) implements Serializable {
  private static final int FETCH_PART = 64;
  private static final int MANY = 1 << 16;

  /**
   * @throws IllegalArgumentException if the values are not positive or not in this order
   */
  public KnobRange {
    check("decodeThreads", least.decodeThreads(), start.decodeThreads(), most.decodeThreads());
    check("fetchThreads", least.fetchThreads(), start.fetchThreads(), most.fetchThreads());
  }

  private static void check(String name, int least, int start, int most) {
    if (least < 1 || start < least || most < start) {
      throw new IllegalArgumentException(
          String.format(
              "%s is from %d to %d and %d at the start, expected at least 1 and an order",
              name, least, most, start));
    }
  }

  /** No choice. */
  public static KnobRange fixed(int decodeThreads, int fetchThreads) {
    var knobs = new Knobs(decodeThreads, fetchThreads);
    return new KnobRange(knobs, knobs, knobs);
  }

  /**
   * The same with no more fetch threads than such a memory bears: their buffers may take a 64th of
   * it, or as little as one of them needs.
   */
  public KnobRange within(long memoryBytes) {
    int affordable = (int) Math.min(memoryBytes / FETCH_PART / MemoryPlan.PREFIX_BYTES, MANY);
    return new KnobRange(
        least.reading(affordable), start.reading(affordable), most.reading(affordable));
  }

  /** Whether there is anything to choose. */
  boolean isOpen() {
    return !least.equals(most);
  }
}
