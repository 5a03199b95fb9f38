package io.stoker.runtime;

/**
 * A job whose model and flags are known to be good, before anything is known of its regions.
 * Immutable; holds the model.
 */
@FunctionalInterface
public interface CheckedJob {
  /**
   * Splices head and tail to the model.
   *
   * @param shapes what the manifest's boxes are like
   * @throws RefusedException with every problem, if the model does not fit such regions
   */
  PreparedJob prepare(RegionShapes shapes) throws RefusedException;
}
