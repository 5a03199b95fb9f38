package io.stoker.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many runs may be in flight, and with how many regions each, as the device's memory turns out.
 * Where it is too little, first fewer runs are in flight, for that costs the least speed, then
 * batches are halved. What was found holds until the end.
 *
 * <p>However many runs fail at once, that is one step: those that began before the last step prove
 * nothing about what holds since.
 *
 * <p>Thread-safe; first come, first served. Waits end with other threads' runs, not by interrupts.
 */
final class MemoryBackOff {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryBackOff.class);

  // Fair: a batch that is tried again must not wait for all that come after it.
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition left = lock.newCondition();
  private final int leastBatch;

  @GuardedBy("lock")
  private Limits limits;

  @GuardedBy("lock")
  private int running;

  /**
   * @param inFlight runs in flight, at first
   * @param batch regions a run, at first
   * @param leastBatch below which it cannot go
   */
  MemoryBackOff(int inFlight, int batch, int leastBatch) {
    this.limits = new Limits(0, inFlight, batch);
    this.leastBatch = leastBatch;
  }

  /**
   * What holds between two steps.
   *
   * @param steps taken so far
   * @param inFlight runs in flight, at most
   * @param batch regions a run, at most
   */
  record Limits(int steps, int inFlight, int batch) {}

  /** What holds now. */
  Limits limits() {
    lock.lock();
    try {
      return limits;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until one more run may begin, which must then {@link #leave}; says under what limits. */
  Limits enter() {
    lock.lock();
    try {
      while (running >= limits.inFlight()) {
        left.awaitUninterruptibly();
      }
      running++;
      return limits;
    } finally {
      lock.unlock();
    }
  }

  /** A run has ended. */
  void leave() {
    lock.lock();
    try {
      running--;
      left.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The device had too little memory for a run.
   *
   * @param under what {@link #enter} said to it
   * @param slots it had
   * @param cause for the log
   * @return whether its regions are worth another try; false if nothing is left to be lowered
   */
  boolean lower(Limits under, int slots, String cause) {
    lock.lock();
    try {
      if (under.steps() < limits.steps()) {
        return true; // somebody has lowered them since
      }
      if (limits.inFlight() > 1) {
        limits = new Limits(limits.steps() + 1, limits.inFlight() - 1, limits.batch());
      } else if (slots > leastBatch) {
        int half = (Math.min(limits.batch(), slots) + 1) / 2;
        limits = new Limits(limits.steps() + 1, 1, Math.max(leastBatch, half));
      } else {
        return false;
      }
      LOG.warn(
          "the device has too little memory; from now on {} in flight, {} regions each: {}",
          limits.inFlight(),
          limits.batch(),
          cause);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** What was given up so far; null for nothing. */
  @Nullable BackOff given() {
    Limits now = limits();
    return now.steps() == 0 ? null : new BackOff(now.steps(), now.inFlight(), now.batch());
  }
}
