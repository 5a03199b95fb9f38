package io.stoker.spark;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Times the parts of a run, by name; begins when it is made. Not thread-safe. */
final class Stopwatch {
  /** What is timed. */
  interface Part<T, E extends Exception> {
    T run() throws E;
  }

  private static final double NANOS = 1e9;

  private final Instant started = Instant.now();
  private final long startNanos = System.nanoTime();
  private final Map<String, Long> nanos = new HashMap<>();

  /** Runs a part, and adds its time to what the name has already. */
  <T, E extends Exception> T time(String name, Part<T, E> part) throws E {
    long from = System.nanoTime();
    try {
      return part.run();
    } finally {
      nanos.merge(name, System.nanoTime() - from, Long::sum);
    }
  }

  /** Seconds of the parts of that name. */
  double seconds(String name) {
    return nanos.getOrDefault(name, 0L) / NANOS;
  }

  /** Seconds since the beginning. */
  double total() {
    return (System.nanoTime() - startNanos) / NANOS;
  }

  /** When it began. */
  Instant started() {
    return started;
  }
}
