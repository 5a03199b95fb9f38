package io.stoker.runtime;

import java.util.List;

/**
 * How a runtime began, for its reports.
 *
 * @param gpuAddresses what Spark assigned to the task that made it
 * @param pageLocked whether batches lie in page-locked memory
 * @param warmUpSeconds the model's first run
 * @param warmUpHalvings how often the batch was halved until the device had memory for it
 * @param deviceImagesPerSecond what the device makes of the model from memory; 0 if not measured
 */
record RuntimeStart(
    List<String> gpuAddresses,
    boolean pageLocked,
    double warmUpSeconds,
    int warmUpHalvings,
    double deviceImagesPerSecond) {}
