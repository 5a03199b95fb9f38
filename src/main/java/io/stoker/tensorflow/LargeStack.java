package io.stoker.tensorflow;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Calls on a thread with a stack of {@value #STACK_BYTES} bytes: TensorFlow's importer and graph
 * optimizers recurse, and a deep graph would end the process on a normal thread.
 */
final class LargeStack {
  private static final long STACK_BYTES = 256L << 20;

  private LargeStack() {}

  /**
   * Calls and waits. An interrupt is kept for later, since native code does not see it.
   *
   * @throws TensorFlowException if the call throws it; unchecked exceptions and errors too
   */
  static <T> T call(String what, Callable<T> callable) throws TensorFlowException {
    var task = new FutureTask<T>(callable);
    var thread = new Thread(null, task, "stoker-" + what, STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw unwrapped(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static TensorFlowException unwrapped(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof TensorFlowException known) {
      return known;
    }
    if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    throw new IllegalStateException(cause);
  }
}
