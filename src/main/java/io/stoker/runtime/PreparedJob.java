package io.stoker.runtime;

import io.stoker.model.ModelOptimization;
import io.stoker.model.SplicedModel;
import io.stoker.region.SlotSpec;
import java.io.Serializable;
import java.util.List;

/**
 * A job that passed every check on the driver: all that travels to executors.
 *
 * @param spec what was asked for
 * @param fingerprint SHA-256, hex, of what changes numbers
 * @param modelSha256 hex digest of the model's own bytes
 * @param modelOptimization what was done to the model's graph on loading
 * @param model head, model and tail in one graph
 * @param slot a region's place in a batch
 * @param filling who makes a slot of a region's pixels
 * @param columns what the model adds to each row, in order
 */
public record PreparedJob(
    PredictSpec spec,
    String fingerprint,
    String modelSha256,
    ModelOptimization modelOptimization,
    SplicedModel model,
    SlotSpec slot,
    Filling filling,
    List<OutputColumn> columns)
    implements Serializable {
  /**
   * What an executor keeps one runtime for: the fingerprint, and what does not change numbers but
   * needs another runtime, such as threads and memory.
   */
  public String key() {
    return fingerprint + " " + spec.resources() + " " + spec.allowedUris();
  }

  /** The same job with other threads, memory or batch, which do not change numbers. */
  public PreparedJob with(PredictSpec.Resources resources) {
    return new PreparedJob(
        spec.withResources(resources),
        fingerprint,
        modelSha256,
        modelOptimization,
        model,
        slot,
        filling,
        columns);
  }

  /**
   * Regions a run, as far as the driver knows: what the model insists on, else what was asked for,
   * else what an executor with enough memory would choose.
   *
   * @param gpus whether executors are given GPUs
   */
  public int batch(boolean gpus) {
    int asked = spec.resources().batch();
    boolean gpu = gpus || spec.resources().device() == PredictSpec.Device.GPU;
    return model.fixedBatch() != 0
        ? model.fixedBatch()
        : asked != 0 ? asked : gpu ? Batches.GPU : Batches.CPU;
  }

  /** Who makes a slot of a region. */
  public enum Filling {
    /** All boxes have one size: pixels are copied, the head resizes on the device. */
    COPY,
    /** Sizes differ: decode workers resize to the model's size, to the same numbers. */
    RESIZE,
    /** The user's {@code RegionTransform}. */
    TRANSFORM,
    /** The user's {@code RegionLoader}. */
    LOAD
  }
}
