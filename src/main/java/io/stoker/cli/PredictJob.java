package io.stoker.cli;

import io.stoker.runtime.PredictSpec;
import io.stoker.spark.ManifestSource;
import io.stoker.spark.OutputOptions;
import org.jspecify.annotations.Nullable;

/**
 * What {@code stoker predict} was asked for.
 *
 * @param manifest which regions
 * @param spec how to predict them; complete but for the labels
 * @param labels URI of the labels, which are read once there is a session, or null
 * @param output where to
 */
record PredictJob(
    ManifestSource manifest,
    PredictSpec.Builder spec,
    @Nullable String labels,
    OutputOptions output) {}
