package io.stoker.runtime;

import java.io.Serializable;

/**
 * How far an executor's answers lie from those of the same model on a CPU, in float32 without XLA.
 *
 * @param regions compared
 * @param largestDifference of any number of theirs; of top-k answers, of those of the same rank
 * @param argmaxAgreement the share of regions, 0 to 1, whose largest number, or whose first class,
 *     is the same
 */
public record Parity(long regions, double largestDifference, double argmaxAgreement)
    implements Serializable {
  /** Of several executors together. */
  public Parity plus(Parity other) {
    long all = regions + other.regions;
    double agreeing = argmaxAgreement * regions + other.argmaxAgreement * other.regions;
    return new Parity(
        all, Math.max(largestDifference, other.largestDifference), all == 0 ? 1 : agreeing / all);
  }
}
