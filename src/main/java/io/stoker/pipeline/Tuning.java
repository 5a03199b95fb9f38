package io.stoker.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the gauges now and then and turns the knobs, in a thread of its own. Does nothing while
 * no task is open.
 */
final class Tuning implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Tuning.class);
  private static final Duration LOOK = Duration.ofMillis(10);

  /** So that knobs are where they belong after a few seconds. */
  private static final int LOOKS_A_MOMENT = 30;

  private final Floor floor;
  private final Tuner tuner;

  @GuardedBy("this")
  private boolean closed;

  Tuning(Floor floor, Tuner tuner) {
    this.floor = floor;
    this.tuner = tuner;
  }

  @Override
  public void run() {
    while (!isClosed()) {
      moment();
    }
  }

  private void moment() {
    Knobs now = floor.knobs();
    long open = floor.ring().openNanos();
    Starvation before = floor.ring().starvation();
    Activity activity = floor.activity();
    int decoding = 0;
    int awaitingSlot = 0;
    int reading = 0;
    int filesWait = 0;
    for (int look = 0; look < LOOKS_A_MOMENT && !isClosed(); look++) {
      sleep();
      decoding += activity.decoding() + activity.preprocessing.get();
      awaitingSlot += activity.awaitingSlot.get();
      reading += activity.reading.get();
      filesWait += floor.toFetch().size() > 0 ? 1 : 0;
    }
    long nanos = floor.ring().openNanos() - open;
    // A moment that saw a task come or go tells little.
    if (nanos < LOOK.toNanos() * LOOKS_A_MOMENT) {
      return;
    }
    Starvation starved = floor.ring().starvation().minus(before);
    double decoders = (double) LOOKS_A_MOMENT * now.decodeThreads();
    Knobs next =
        tuner.next(
            now,
            new Tuner.Seen(
                (double) starved.total() / nanos,
                (double) (starved.decode() + starved.preprocess()) / nanos,
                decoding / decoders,
                awaitingSlot / decoders,
                (double) reading / LOOKS_A_MOMENT / now.fetchThreads(),
                filesWait > LOOKS_A_MOMENT / 2));
    if (!next.equals(now)) {
      LOG.debug("{} instead of {}", next, now);
      floor.turn(next);
    }
  }

  private synchronized void sleep() {
    long end = System.nanoTime() + LOOK.toNanos();
    for (long left = LOOK.toNanos(); left > 0 && !closed; left = end - System.nanoTime()) {
      try {
        wait(1 + left / 1_000_000);
      } catch (InterruptedException e) {
        // Nobody interrupts it to any end.
      }
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Ends it. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
