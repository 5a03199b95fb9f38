package io.stoker.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.Set;

/**
 * Threads of one kind, whose end can be waited for. They are daemons, so that a decode that hangs
 * cannot keep a process alive. Thread-safe.
 */
final class ThreadGang {
  private final String name;

  @GuardedBy("this")
  private final Set<Thread> threads = new HashSet<>();

  @GuardedBy("this")
  private int made;

  /**
   * @param name of the threads, a number apart
   */
  ThreadGang(String name) {
    this.name = name;
  }

  /** A thread that {@link #join} waits for; the caller starts it. */
  synchronized Thread unstarted(Runnable work) {
    var thread =
        new Thread(
            () -> {
              try {
                work.run();
              } finally {
                disown(Thread.currentThread());
              }
            },
            name + "-" + ++made);
    thread.setDaemon(true);
    threads.add(thread);
    return thread;
  }

  void start(Runnable work) {
    unstarted(work).start();
  }

  /** Lets {@link #join} wait no longer for that thread. */
  synchronized void disown(Thread thread) {
    threads.remove(thread);
    notifyAll();
  }

  /** Waits for the end of all threads but those disowned. Interrupts are put off until then. */
  synchronized void join() {
    boolean interrupted = false;
    while (!threads.isEmpty()) {
      try {
        wait(); // Thread.join would wait for a thread that is disowned meanwhile
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
