package io.stoker.model;

import java.io.Serializable;

/**
 * Normalisation of pixel values 0 to 255: {@code (value / divisor - mean) / std}, per channel in
 * the order in which the model takes them. The constants are those of Keras's {@code
 * imagenet_utils.preprocess_input}, and are applied in its order of operations.
 *
 * @param name as the flag spells it
 * @param divisor first step; 1 leaves it out
 * @param mean second step, 3 values; zeros leave it out
 * @param std third step, 3 values; ones leave it out
 */
public record Normalization(String name, float divisor, float[] mean, float[] std)
    implements Serializable {
  private static final float[] ZEROS = {0, 0, 0};
  private static final float[] ONES = {1, 1, 1};

  /** Values stay 0 to 255. */
  public static final Normalization NONE = new Normalization("none", 1, ZEROS, ONES);

  /** 0 to 1. */
  public static final Normalization UNIT = new Normalization("unit", 255, ZEROS, ONES);

  /** -1 to 1: Keras mode {@code tf}. */
  public static final Normalization MINUS_ONE_ONE =
      new Normalization("minus-one-one", 127.5f, ONES, ONES);

  /** Keras mode {@code caffe}: blue, green, red, centred on ImageNet's means, not scaled. */
  public static final Normalization CAFFE =
      new Normalization("caffe", 1, new float[] {103.939f, 116.779f, 123.68f}, ONES);

  /** Keras mode {@code torch}: 0 to 1, then ImageNet's means and standard deviations. */
  public static final Normalization TORCH =
      new Normalization(
          "torch", 255, new float[] {0.485f, 0.456f, 0.406f}, new float[] {0.229f, 0.224f, 0.225f});
}
