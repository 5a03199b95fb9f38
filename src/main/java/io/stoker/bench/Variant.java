package io.stoker.bench;

import io.stoker.runtime.PredictSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A strategy with knobs of its own, such as {@code stoker:decode-threads=14:in-flight=3}: so that
 * knobs set by hand are measured beside those that were chosen, in one run.
 *
 * @param strategy of {@link Bench#STRATEGIES}
 * @param knobs flags without their dashes, and what they are set to; the others stay
 */
record Variant(String strategy, Map<String, Integer> knobs) {
  private static final List<String> KNOBS =
      List.of("batch", "decode-threads", "fetch-ahead", "in-flight");

  /** Whose knobs can be set. */
  private static final String TUNED = "stoker";

  Variant {
    knobs = Map.copyOf(knobs);
  }

  /**
   * Takes a name apart.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static Variant parse(String name) {
    String[] parts = name.split(":", -1);
    if (!Bench.STRATEGIES.contains(parts[0])) {
      throw new IllegalArgumentException("expected some of " + String.join(", ", Bench.STRATEGIES));
    }
    if (parts.length > 1 && !parts[0].equals(TUNED)) {
      throw new IllegalArgumentException("only " + TUNED + " has knobs");
    }
    var knobs = new TreeMap<String, Integer>();
    for (String part : List.of(parts).subList(1, parts.length)) {
      int equals = part.indexOf('=');
      Integer value = equals < 0 ? null : count(part.substring(equals + 1));
      if (value == null || !KNOBS.contains(part.substring(0, equals))) {
        throw new IllegalArgumentException(
            "expected knobs such as in-flight=3, of " + String.join(", ", KNOBS));
      }
      knobs.put(part.substring(0, equals), value);
    }
    return new Variant(parts[0], knobs);
  }

  private static @Nullable Integer count(String text) {
    try {
      int value = Integer.parseInt(text);
      return value > 0 ? value : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The workload with these knobs. */
  Workload of(Workload work) {
    if (knobs.isEmpty()) {
      return work;
    }
    PredictSpec.Resources all = work.asked();
    return work.with(
        new PredictSpec.Resources(
            knobs.getOrDefault("batch", all.batch()),
            knobs.getOrDefault("decode-threads", all.decodeThreads()),
            knobs.getOrDefault("fetch-ahead", all.fetchAhead()),
            knobs.getOrDefault("in-flight", all.inFlight()),
            all.memoryBytes(),
            all.device(),
            all.simulatedMillis(),
            all.deterministic(),
            all.precision(),
            all.xla(),
            all.autotune(),
            all.gpuMemoryFraction(),
            all.verifyParity()));
  }
}
