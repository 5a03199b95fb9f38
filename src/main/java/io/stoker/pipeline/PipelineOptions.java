package io.stoker.pipeline;

import java.time.Duration;
import java.util.List;

/**
 * How a pipeline is built. Every number is for the whole executor, not for a task.
 *
 * @param batch regions a run; the predictor's fixed batch if it has one
 * @param knobs threads that decode, resize and preprocess, and threads that read files, each one
 *     file at a time
 * @param inFlight runs in flight on the device
 * @param memoryBytes bound of all that is held at once: batches, outputs, encoded and decoded
 *     images
 * @param maxTasks how many tasks may be open at once
 * @param boxOutside what becomes of boxes that reach outside their image
 * @param maxPixels images with more pixels fail undecoded
 * @param decodeTimeout after which a decode, or the preprocessing of a region, counts as hung
 * @param outputBytesPerRegion estimate of what a run returns for one region, 1 or more
 * @param allowedUris what image URIs must begin with, up to a {@code /}; empty allows all
 */
public record PipelineOptions(
    int batch,
    KnobRange knobs,
    int inFlight,
    long memoryBytes,
    int maxTasks,
    BoxOutside boxOutside,
    long maxPixels,
    Duration decodeTimeout,
    long outputBytesPerRegion,
    List<String> allowedUris) {
  /** A good {@link #maxPixels}: 2^30, beyond any camera and most scanners. */
  public static final long DEFAULT_MAX_PIXELS = 1L << 30;

  /** A good {@link #decodeTimeout}: a hundred times what the largest files take. */
  public static final Duration DEFAULT_DECODE_TIMEOUT = Duration.ofSeconds(120);

  /**
   * @throws IllegalArgumentException if a number is not positive
   */
  public PipelineOptions {
    allowedUris = List.copyOf(allowedUris);
    positive("batch", batch);
    positive("inFlight", inFlight);
    positive("memoryBytes", memoryBytes);
    positive("maxTasks", maxTasks);
    positive("maxPixels", maxPixels);
    positive("decodeTimeout", decodeTimeout.toNanos());
    positive("outputBytesPerRegion", outputBytesPerRegion);
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", expected at least 1");
    }
  }
}
