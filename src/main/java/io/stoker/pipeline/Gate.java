package io.stoker.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Lets so many of a stage's threads work at once; how many can be changed while they work.
 * Thread-safe; waits end by {@link #close}, not by interrupts.
 */
final class Gate implements AutoCloseable {
  @GuardedBy("this")
  private int limit;

  @GuardedBy("this")
  private int inside;

  @GuardedBy("this")
  private boolean closed;

  Gate(int limit) {
    this.limit = limit;
  }

  /** Waits until less than the limit are inside, or it is closed. */
  synchronized void enter() {
    boolean interrupted = false;
    while (!closed && inside >= limit) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    inside++;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** One less is inside: the caller, or a thread that was written off. */
  synchronized void leave() {
    inside--;
    notify();
  }

  /** Changes the limit. Who is inside stays. */
  synchronized void limit(int threads) {
    limit = threads;
    notifyAll();
  }

  /** The limit now. */
  synchronized int limit() {
    return limit;
  }

  /** Lets everybody in, for good. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
