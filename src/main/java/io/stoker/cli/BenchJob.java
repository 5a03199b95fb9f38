package io.stoker.cli;

import io.stoker.bench.BenchSpec;
import io.stoker.runtime.PredictSpec;
import io.stoker.spark.ManifestSource;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@code stoker bench} was asked for.
 *
 * @param given the user's own manifest and model; null for the example's
 * @param resources sets batch, threads, memory and device
 * @param slowRegions at most so many for the strategies that are slow
 * @param json a file, {@code -} for standard output, or null
 * @param svg a file, or null
 */
record BenchJob(
    @Nullable Given given,
    Consumer<PredictSpec.Builder> resources,
    List<String> strategies,
    int rounds,
    int regions,
    int slowRegions,
    @Nullable String json,
    @Nullable Path svg) {
  /**
   * Regions and model.
   *
   * @param spec with a few classes a region
   * @param vectors with whole outputs
   */
  record Given(ManifestSource manifest, PredictSpec spec, PredictSpec vectors) {}

  /** With the regions and the model that there are. */
  BenchSpec spec(Given with) {
    return new BenchSpec(
        with.manifest(), with.spec(), with.vectors(), strategies, rounds, regions, slowRegions);
  }
}
