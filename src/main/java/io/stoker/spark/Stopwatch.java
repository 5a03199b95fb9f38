package io.stoker.spark;

import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Times the parts of a run, by name; begins when it is made. Not thread-safe. */
final class Stopwatch {
  /** What is timed. */
  interface Part<T> {
    T run() throws IOException;
  }

  private static final double NANOS = 1e9;

  private final Instant started = Instant.now();
  private final long startNanos = System.nanoTime();
  private final Map<String, Long> nanos = new HashMap<>();

  /** Runs a part, and adds its time to what the name has already. */
  <T> T time(String name, Part<T> part) throws IOException {
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
