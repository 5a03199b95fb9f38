package io.stoker.bench;

import io.stoker.runtime.PredictSpec;
import io.stoker.spark.ManifestSource;
import java.util.List;

/**
 * What to measure.
 *
 * @param manifest the regions
 * @param spec the model, what is returned of it, and the device
 * @param vectors the same, returning whole outputs
 * @param strategies names, of {@link Bench#STRATEGIES}
 * @param rounds how often each is timed
 * @param regions at most so many of the manifest are predicted in a pass
 * @param slowRegions of these, {@code feed} and {@code generator} predict the first so many at
 *     most: they are several times slower than the others, and as fast in a shorter pass
 */
public record BenchSpec(
    ManifestSource manifest,
    PredictSpec spec,
    PredictSpec vectors,
    List<String> strategies,
    int rounds,
    int regions,
    int slowRegions) {}
