package io.stoker.pipeline;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Calls back when something takes too long; tests bring their own. Thread-safe. */
interface Alarms extends AutoCloseable {
  /** Runs the action after that time, on a thread of its own; it must not wait. */
  Alarm set(Duration after, Runnable action);

  @Override
  void close();

  /** An alarm that is set. */
  interface Alarm {
    /** Keeps the action from running, if it has not begun. */
    void cancel();
  }

  /** One thread, which sleeps until the next alarm is due. */
  static Alarms onOneThread(ThreadGang threads) {
    var timer = new ScheduledThreadPoolExecutor(1, threads::unstarted);
    timer.setRemoveOnCancelPolicy(true); // or every decode would leave its alarm for minutes
    return new Alarms() {
      @Override
      public Alarm set(Duration after, Runnable action) {
        Future<?> alarm = timer.schedule(action, after.toNanos(), TimeUnit.NANOSECONDS);
        return () -> alarm.cancel(false);
      }

      @Override
      public void close() {
        timer.shutdownNow();
      }
    };
  }
}
