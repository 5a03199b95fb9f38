package io.stoker.iterator;

import java.io.Serializable;

/**
 * How a stage's threads spent their time, summed over them.
 *
 * @param busyNanos at work
 * @param inputNanos waiting for the stage before
 * @param outputNanos waiting for the stage after, or for memory
 */
public record StageTimes(long busyNanos, long inputNanos, long outputNanos)
    implements Serializable {
  /** No time at all. */
  public static final StageTimes NONE = new StageTimes(0, 0, 0);

  /** Both together. */
  public StageTimes plus(StageTimes other) {
    return new StageTimes(
        busyNanos + other.busyNanos,
        inputNanos + other.inputNanos,
        outputNanos + other.outputNanos);
  }

  /** What came since an earlier reading. */
  public StageTimes minus(StageTimes earlier) {
    return new StageTimes(
        busyNanos - earlier.busyNanos,
        inputNanos - earlier.inputNanos,
        outputNanos - earlier.outputNanos);
  }

  /** All of it. */
  public long totalNanos() {
    return busyNanos + inputNanos + outputNanos;
  }
}
