package io.stoker.iterator;

/** Where time comes from; tests bring their own. Thread-safe. */
@FunctionalInterface
public interface Ticker {
  /** The machine's monotonic clock. */
  Ticker SYSTEM = System::nanoTime;

  /** Nanoseconds since some fixed moment; never less than before. */
  long nanos();
}
