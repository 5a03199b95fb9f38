package io.stoker.iterator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Work between two stages, first in, first out. It has no bound of its own: whoever puts holds a
 * lease or a place in a window, and that bounds it. So putting never waits, and two stages cannot
 * hang each other here.
 *
 * <p>Thread-safe; waits end by {@link #close}, not by interrupts.
 */
public final class WorkQueue<T> implements AutoCloseable {
  @GuardedBy("this")
  private final Deque<T> work = new ArrayDeque<>();

  /** The limit of {@link #awaitLess}. */
  @GuardedBy("this")
  private int fullAt = Integer.MAX_VALUE;

  @GuardedBy("this")
  private boolean closed;

  /** Adds work at the end. Returns false, and does not take it, if the queue is closed. */
  public synchronized boolean put(T item) {
    if (closed) {
      return false;
    }
    work.addLast(item);
    notify(); // all waiters are alike
    return true;
  }

  /** Waits for work, whatever interrupts. Returns null once the queue is closed. */
  public synchronized @Nullable T take() {
    boolean interrupted = false;
    try {
      while (!closed && work.isEmpty()) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      T item = closed ? null : work.pollFirst();
      // Those who wait for room: they never wait while the queue is empty, so that put wakes none
      // of them instead of a taker.
      if (work.size() == fullAt - 1) {
        notifyAll();
      }
      return item;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Waits until less than that waits here, or the queue is closed. For who would put more, and
   * holds nothing meanwhile that others may need.
   *
   * @param limit the same in every call
   */
  public synchronized void awaitLess(int limit) {
    fullAt = limit;
    boolean interrupted = false;
    while (!closed && work.size() >= limit) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes out what the predicate chooses, and gives it back in order. */
  public synchronized List<T> remove(Predicate<? super T> chosen) {
    var removed = new ArrayList<T>();
    work.removeIf(item -> chosen.test(item) && removed.add(item));
    notifyAll();
    return removed;
  }

  /** How many items wait. */
  public synchronized int size() {
    return work.size();
  }

  /** Ends every wait. What is still inside can be fetched by {@link #remove}. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
