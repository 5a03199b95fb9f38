package io.stoker.cli;

import io.stoker.runtime.PredictSpec;
import io.stoker.spark.ManifestSource;
import io.stoker.spark.OutputOptions;

/**
 * What {@code stoker predict} was asked for.
 *
 * @param manifest which regions
 * @param spec how to predict them
 * @param output where to
 */
record PredictJob(ManifestSource manifest, PredictSpec spec, OutputOptions output) {}
