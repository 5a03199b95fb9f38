package io.stoker.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Alarms that go off when a test says so, in the test's thread. */
final class ManualAlarms implements Alarms {
  private final List<Pending> pending = new CopyOnWriteArrayList<>();

  @Override
  public Alarm set(Duration after, Runnable action) {
    var alarm = new Pending(action);
    pending.add(alarm);
    return () -> pending.remove(alarm);
  }

  /** All that were set and not cancelled go off. */
  void goOff() {
    for (Pending alarm : pending) {
      if (pending.remove(alarm)) {
        alarm.action.run();
      }
    }
  }

  int pending() {
    return pending.size();
  }

  @Override
  public void close() {}

  private static final class Pending {
    private final Runnable action;

    Pending(Runnable action) {
      this.action = action;
    }
  }
}
