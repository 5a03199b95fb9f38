package io.stoker.bench;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/** How long at least one run was going on. Thread-safe. */
final class BusyMeter {
  @GuardedBy("this")
  private int running;

  @GuardedBy("this")
  private long since;

  @GuardedBy("this")
  private long busyNanos;

  synchronized void enter() {
    if (running++ == 0) {
      since = System.nanoTime();
    }
  }

  synchronized void leave() {
    if (--running == 0) {
      busyNanos += System.nanoTime() - since;
    }
  }

  /** The time since the last look. */
  synchronized long take() {
    long taken = busyNanos;
    busyNanos = 0;
    return taken;
  }
}
