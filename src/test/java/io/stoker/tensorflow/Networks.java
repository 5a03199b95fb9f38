package io.stoker.tensorflow;

import java.util.List;
import java.util.Random;

/** A small convolutional network for tests of how a device computes. */
final class Networks {
  static final int SIDE = 16;
  static final int FILTERS = 8;

  private Networks() {}

  /** From {@code in} to {@code y [batch, FILTERS]}, means of a convolution's answers. */
  static Graphs convolution() {
    var random = new Random(7);
    float[] kernel = new float[3 * 3 * 3 * FILTERS];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = (float) random.nextGaussian();
    }
    return Models.head(-1, SIDE, SIDE)
        .floats("kernel", new long[] {3, 3, 3, FILTERS}, kernel)
        .floats("bias", new long[] {FILTERS}, 1, 2, 3, 4, 5, 6, 7, 8)
        .node(
            "Conv2D",
            "conv",
            List.of("x", "kernel"),
            "T",
            Models.FLOAT,
            "strides",
            new int[] {1, 1, 1, 1},
            "padding",
            "SAME")
        .node("BiasAdd", "biased", List.of("conv", "bias"), "T", Models.FLOAT)
        .node("Relu", "relu", List.of("biased"), "T", Models.FLOAT)
        .ints("axes", 1, 2)
        .node(
            "Mean",
            "y",
            List.of("relu", "axes"),
            "T",
            Models.FLOAT,
            "Tidx",
            Models.INT32,
            "keep_dims",
            false);
  }
}
