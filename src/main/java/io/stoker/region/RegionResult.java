package io.stoker.region;

import java.util.List;

/** What became of a region. Each region has exactly one. */
public sealed interface RegionResult {
  /** The region as it was asked for. */
  Region region();

  /**
   * Predicted.
   *
   * @param outputs one a fetch, in the order of the fetches
   */
  record Ok(Region region, List<RegionOutput> outputs) implements RegionResult {}

  /** Not predicted, and why. */
  record Failed(Region region, Failure failure) implements RegionResult {}
}
