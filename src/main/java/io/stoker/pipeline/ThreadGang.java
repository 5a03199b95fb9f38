package io.stoker.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

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
    Thread thread = unstarted(work);
    try {
      thread.start();
    } catch (Throwable t) { // no memory for another thread
      disown(thread);
      throw t;
    }
  }

  /** Lets {@link #join} wait no longer for that thread. */
  synchronized void disown(Thread thread) {
    threads.remove(thread);
    notifyAll();
  }

  /**
   * Waits for the end of all threads but those disowned. Interrupts are put off until then.
   *
   * @return names of the threads that have not ended in that time
   */
  synchronized List<String> join(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    boolean interrupted = false;
    long left = timeout.toNanos();
    while (!threads.isEmpty() && left > 0) {
      try {
        // Thread.join would wait for a thread that is disowned meanwhile.
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      left = deadline - System.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return threads.stream().map(Thread::getName).toList();
  }
}
