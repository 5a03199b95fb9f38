package io.stoker.tensorflow;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much native state is open in this process, so that tests can prove that all of it was freed.
 * Thread-safe.
 */
final class NativeCounters {
  static final NativeCounters GRAPHS = new NativeCounters();
  static final NativeCounters SESSIONS = new NativeCounters();
  static final NativeCounters RUNNERS = new NativeCounters();
  static final NativeCounters TENSORS = new NativeCounters();
  static final NativeCounters MEMORIES = new NativeCounters();
  static final NativeCounters MEMORY_BYTES = new NativeCounters();

  private final AtomicLong count = new AtomicLong();

  private NativeCounters() {}

  void add(long amount) {
    count.addAndGet(amount);
  }

  /** What is open now. */
  static Open open() {
    return new Open(
        GRAPHS.count.get(),
        SESSIONS.count.get(),
        RUNNERS.count.get(),
        TENSORS.count.get(),
        MEMORIES.count.get(),
        MEMORY_BYTES.count.get(),
        Deallocator.pending());
  }

  /**
   * A count of each kind.
   *
   * @param memories blocks of {@link NativeMemory}
   * @param memoryBytes bytes in them
   * @param lent memory of ours that tensors are still looking at
   */
  record Open(
      long graphs,
      long sessions,
      long runners,
      long tensors,
      long memories,
      long memoryBytes,
      long lent) {}
}
