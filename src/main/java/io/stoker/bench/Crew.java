package io.stoker.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that work on the same thing; what one of them throws is thrown to the caller. */
final class Crew implements AutoCloseable {
  private final ExecutorService threads;
  private final List<Future<?>> jobs = new ArrayList<>();

  Crew(int size, String name) {
    threads =
        Executors.newFixedThreadPool(
            size,
            task -> {
              var thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  void start(Callable<?> job) {
    jobs.add(threads.submit(job));
  }

  /** Waits for all that was started. */
  void join() throws Exception {
    try {
      for (Future<?> job : jobs) {
        job.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      jobs.clear();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
