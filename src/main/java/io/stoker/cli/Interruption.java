package io.stoker.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Ctrl-C, or a SIGTERM, while a command runs: its thread is interrupted, and the JVM ends once that
 * thread has cancelled the job, removed what it wrote and stopped Spark, or after {@link
 * #PATIENCE_SECONDS}.
 *
 * <p>Hooks of the JVM run all at once. Hadoop's run one after another, by priority: ours comes
 * before Spark's, which would stop the session under the thread's hands, and before Hadoop's own,
 * which closes the file systems that the clean-up needs. The JVM itself sets the exit code, 130 for
 * SIGINT.
 *
 * <p>The command's thread makes and closes it; the hook only reads final fields, says that it has
 * begun, and awaits {@link #done}, which cannot deadlock, since that thread waits for nothing of
 * the hook's.
 */
final class Interruption implements AutoCloseable {
  /** Above Spark's 40 and the file systems' 10. */
  private static final int PRIORITY = 100;

  private static final int PATIENCE_SECONDS = 10;

  private final Thread command = Thread.currentThread();
  private final CountDownLatch done = new CountDownLatch(1);

  private final Runnable first;

  /** Written by the hook, read by the command's thread. */
  private volatile boolean begun;

  private Interruption(Runnable first) {
    this.first = first;
  }

  /**
   * From now on until it is closed, the JVM's end interrupts the calling thread.
   *
   * @param first called before, in the hook's thread
   */
  static Interruption watch(Runnable first) {
    var watch = new Interruption(first);
    ShutdownHookManager.get()
        .addShutdownHook(watch::interrupt, PRIORITY, PATIENCE_SECONDS + 1, TimeUnit.SECONDS);
    return watch;
  }

  private void interrupt() {
    if (done.getCount() == 0) {
      return;
    }
    begun = true;
    first.run();
    command.interrupt();
    try {
      boolean ended = done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        System.err.println("stoker: the job did not stop in time; the process ends all the same");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the command is to end, even where a library has forgotten its thread's interrupt. */
  boolean hasBegun() {
    return begun;
  }

  /** The command has cleaned up. */
  @Override
  public void close() {
    done.countDown();
  }
}
