package io.stoker.cli;

import io.stoker.runtime.PredictSpec;

/**
 * What {@code stoker inspect} is to print.
 *
 * @param spec where the model is and what of it is meant
 * @param json as JSON instead of text
 */
record InspectJob(PredictSpec spec, boolean json) {}
