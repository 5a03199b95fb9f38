package io.stoker.iterator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.Set;

/**
 * Ends the waits of all threads that work for one client, and of no others.
 *
 * <p>Threads of a shared pool {@link #enter} before they wait or call foreign code for the client
 * and {@link #leave} after it. {@link #cancel} interrupts those inside. Since leaving and
 * interrupting exclude each other, and leaving clears the interrupt, none can hit a thread that
 * works for somebody else by then.
 */
public final class Cancellation {
  @GuardedBy("this")
  private final Set<Thread> inside = new HashSet<>();

  @GuardedBy("this")
  private boolean cancelled;

  /**
   * Puts the calling thread within reach of {@link #cancel}.
   *
   * @return false if cancelled already: do nothing for the client then, and do not leave
   */
  public synchronized boolean enter() {
    if (cancelled) {
      return false;
    }
    if (!inside.add(Thread.currentThread())) {
      throw new IllegalStateException(Thread.currentThread() + " is inside already");
    }
    return true;
  }

  /** Takes the calling thread out of reach and clears its interrupt, wherever that came from. */
  public synchronized void leave() {
    inside.remove(Thread.currentThread());
    Thread.interrupted(); // foreign code may have set it, too
  }

  /** Interrupts the threads inside and lets no more in. Again it does nothing. */
  public synchronized void cancel() {
    if (!cancelled) {
      cancelled = true;
      inside.forEach(Thread::interrupt);
    }
  }

  /** Whether {@link #cancel} was called. */
  public synchronized boolean isCancelled() {
    return cancelled;
  }
}
