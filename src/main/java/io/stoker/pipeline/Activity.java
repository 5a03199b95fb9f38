package io.stoker.pipeline;

import java.util.concurrent.atomic.AtomicInteger;

/** How many threads are at what just now. Thread-safe; every gauge on its own. */
final class Activity {
  /** Tasks that read their regions. */
  final AtomicInteger admitting = new AtomicInteger();

  /** Fetch threads that read a file. */
  final AtomicInteger reading = new AtomicInteger();

  /** Fetch threads that wait for bytes of the budget. */
  final AtomicInteger awaitingMemory = new AtomicInteger();

  /** Decode threads that have work, whatever they do with it just now. */
  final AtomicInteger working = new AtomicInteger();

  /** Decode threads that fill a slot, or run the user's code. */
  final AtomicInteger preprocessing = new AtomicInteger();

  /** Decode threads that have a region, but no slot for it. */
  final AtomicInteger awaitingSlot = new AtomicInteger();

  /** Decode threads that may work at once. */
  final AtomicInteger decodeThreads = new AtomicInteger(1);

  /** Decode threads that decode, or look at what they decoded. */
  int decoding() {
    return Math.max(0, working.get() - preprocessing.get() - awaitingSlot.get());
  }

  /**
   * Shares out a time in which the device starved.
   *
   * @param pending whether regions are on their way
   * @param begun whether anything ever ran
   * @param awaited whether a task waits for an answer
   */
  Starvation share(long nanos, boolean pending, boolean begun, boolean awaited) {
    if (!pending) {
      boolean writing = begun && !awaited && admitting.get() == 0;
      return writing ? new Starvation(0, 0, 0, 0, 0, nanos) : new Starvation(0, 0, 0, 0, nanos, 0);
    }
    int preprocess = preprocessing.get();
    int decode = decoding();
    int threads = Math.max(decodeThreads.get(), decode + preprocess);
    long decodeNanos = nanos * decode / threads;
    long preprocessNanos = nanos * preprocess / threads;
    long rest = nanos - decodeNanos - preprocessNanos;
    boolean memory = awaitingMemory.get() > 0;
    boolean io = !memory && reading.get() > 0;
    return new Starvation(
        decodeNanos, preprocessNanos, io ? rest : 0, memory ? rest : 0, memory || io ? 0 : rest, 0);
  }
}
