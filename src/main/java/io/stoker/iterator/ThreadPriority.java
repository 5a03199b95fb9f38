package io.stoker.iterator;

import com.sun.jna.NativeLibrary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets threads that always have something to do step back behind those that seldom do, but must not
 * wait then: a device idles while the thread that starts its next run queues for a core.
 *
 * <p>Java's own priorities are ignored on Linux. A thread may lower its priority there without any
 * right, by {@code setpriority} (setpriority(2): a nice value is the thread's, not the process's).
 * Elsewhere nothing happens. Thread-safe.
 */
public final class ThreadPriority {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadPriority.class);
  private static final int PRIO_PROCESS = 0;
  private static final int CALLING_THREAD = 0;

  /** A third of the others' weight where they compete (sched(7): a step is 1.25 x). */
  private static final int NICE = 5;

  private ThreadPriority() {}

  /** Lowers the calling thread's priority for the rest of its life; threads it starts inherit. */
  public static void lower() {
    if (!"Linux".equals(System.getProperty("os.name"))) {
      return;
    }
    try {
      NativeLibrary.getInstance("c")
          .getFunction("setpriority")
          .invokeInt(new Object[] {PRIO_PROCESS, CALLING_THREAD, NICE});
    } catch (LinkageError | RuntimeException e) {
      LOG.debug("threads keep their priority", e);
    }
  }
}
