package io.stoker.runtime;

import io.stoker.model.SplicedModel;

/**
 * A job whose model and flags are known to be good, before anything is known of its regions.
 * Immutable; holds the model.
 */
@FunctionalInterface
public interface CheckedJob {
  /**
   * The same model for slots of float32 instead of bytes, which most programs feed: what a job is
   * measured against.
   *
   * @throws UnsupportedOperationException where there is no model
   */
  default SplicedModel floatFed(RegionShapes shapes) {
    throw new UnsupportedOperationException();
  }

  /**
   * Splices head and tail to the model.
   *
   * @param shapes what the manifest's boxes are like
   * @throws RefusedException with every problem, if the model does not fit such regions
   */
  PreparedJob prepare(RegionShapes shapes) throws RefusedException;
}
