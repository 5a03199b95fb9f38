package io.stoker.iterator;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts how a stage's threads spend their time. A thread reads {@link #now} where one thing ends
 * and the next begins, and books the difference: one reading of the clock serves both.
 *
 * <p>Thread-safe and cheap enough for every element: an addition without contention. What a thread
 * is at just now is counted when it ends.
 */
public final class StageClock {
  private final Ticker ticker;
  private final LongAdder busy = new LongAdder();
  private final LongAdder input = new LongAdder();
  private final LongAdder output = new LongAdder();

  /** A clock at zero. */
  public StageClock(Ticker ticker) {
    this.ticker = ticker;
  }

  /** The ticker's time, in nanoseconds. */
  public long now() {
    return ticker.nanos();
  }

  /** Books time at work since then, and gives the time now. */
  public long busySince(long nanos) {
    return book(busy, nanos);
  }

  /** Books time spent waiting for the stage before, and gives the time now. */
  public long inputSince(long nanos) {
    return book(input, nanos);
  }

  /** Books time spent waiting for the stage after, and gives the time now. */
  public long outputSince(long nanos) {
    return book(output, nanos);
  }

  private long book(LongAdder adder, long since) {
    long now = ticker.nanos();
    adder.add(now - since);
    return now;
  }

  /** All that was booked so far. */
  public StageTimes times() {
    return new StageTimes(busy.sum(), input.sum(), output.sum());
  }
}
