package io.stoker.cli;

import io.stoker.spark.Progress;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Shows a run's progress from a thread of its own, until it is closed. That thread alone uses the
 * view; the last look, after it has ended, happens in the closing thread.
 */
final class ProgressWatch implements AutoCloseable {
  private static final long JOIN_SECONDS = 5;

  private final Progress progress;
  private final ProgressView view;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "stoker-terminal");
            thread.setDaemon(true);
            return thread;
          });

  private ProgressWatch(Progress progress, ProgressView view) {
    this.progress = progress;
    this.view = view;
  }

  static ProgressWatch start(Progress progress, ProgressView view) {
    var watch = new ProgressWatch(progress, view);
    watch.clock.scheduleAtFixedRate(
        () -> view.show(progress.now()), 0, view.periodMillis(), TimeUnit.MILLISECONDS);
    return watch;
  }

  /** Shows how it ended, and ends the thread. */
  @Override
  public void close() {
    clock.shutdownNow();
    boolean interrupted = Thread.interrupted();
    try {
      if (clock.awaitTermination(JOIN_SECONDS, TimeUnit.SECONDS)) {
        view.show(progress.now());
        view.close();
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
