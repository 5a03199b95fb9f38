package io.stoker.image;

import io.stoker.region.Box;
import java.util.List;

/**
 * Which windows of an image are decoded, and whom each serves. Every box is in exactly one job, or
 * is too large.
 *
 * @param jobs from the top down
 * @param tooLarge indices of boxes that cannot be decoded in the memory allowed, ascending
 */
public record WindowPlan(List<Job> jobs, List<Integer> tooLarge) {
  /**
   * One decode.
   *
   * @param window what to decode
   * @param boxes indices of the boxes in it, ascending
   */
  public record Job(Box window, List<Integer> boxes) {}

  /** The cost of all jobs. */
  public double nanos(DecodeCost cost) {
    return jobs.stream().mapToDouble(job -> cost.nanos(job.window())).sum();
  }
}
