package io.stoker.tensorflow;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Calls on a thread with a stack of {@value #STACK_BYTES} bytes: TensorFlow's importer and graph
 * optimizers recurse, and a deep graph would end the process on a normal thread.
 */
final class LargeStack {
  private static final long STACK_BYTES = 256L << 20;

  private LargeStack() {}

  /** What is called. */
  interface Call<T, E extends Exception> {
    T call() throws E;
  }

  /**
   * Calls and waits. An interrupt is kept for later, since native code does not see it.
   *
   * @throws E if the call throws it; unchecked exceptions and errors too
   */
  static <T, E extends Exception> T call(String what, Call<T, E> call) throws E {
    var task = new FutureTask<T>(call::call);
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
      throw LargeStack.<E>thrown(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @SuppressWarnings("unchecked") // the call can throw no other checked exception
  private static <E extends Exception> E thrown(ExecutionException e) {
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return (E) requireNonNull(e.getCause());
  }
}
