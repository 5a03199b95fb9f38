package io.stoker.tools;

import io.stoker.example.LandCover;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.types.TFloat32;

/**
 * The layers of the example's network: four convolutions, their average over the region, and two
 * dense layers; 50,000 weights.
 *
 * <p>Averaging local answers is what the question asks for: the network learns the share of a
 * region that each class covers.
 */
final class LandCoverNetwork {
  static final int EMBEDDING = 32;
  private static final int[] CHANNELS = {3, 16, 32, 48, 64};
  private static final int[] KERNELS = {5, 3, 3, 3};
  private static final int[] STRIDES = {2, 2, 2, 1};

  private LandCoverNetwork() {}

  /** Where weights come from: variables while training, constants in the frozen graph. */
  interface Weights {
    Operand<TFloat32> of(String name, long... shape);
  }

  /**
   * What the layers return.
   *
   * @param embedding {@code [batch, 32]}, op {@code embedding}
   * @param logits {@code [batch, 5]}
   */
  record Outputs(Operand<TFloat32> embedding, Operand<TFloat32> logits) {}

  /** Adds the layers to a graph; {@code image} is {@code [batch, 64, 64, 3]}, -1 to 1. */
  static Outputs build(Ops tf, Operand<TFloat32> image, Weights weights) {
    Operand<TFloat32> features = image;
    for (int layer = 0; layer < KERNELS.length; layer++) {
      int in = CHANNELS[layer];
      int out = CHANNELS[layer + 1];
      long kernel = KERNELS[layer];
      long stride = STRIDES[layer];
      Conv2d<TFloat32> convolved =
          tf.nn.conv2d(
              features,
              weights.of("conv" + layer, kernel, kernel, in, out),
              List.of(1L, stride, stride, 1L),
              "SAME");
      features = tf.nn.relu(tf.nn.biasAdd(convolved, weights.of("conv" + layer + "_bias", out)));
    }
    int channels = CHANNELS[KERNELS.length];
    Operand<TFloat32> pooled = tf.math.mean(features, tf.constant(new int[] {1, 2}));
    Operand<TFloat32> hidden =
        tf.linalg.matMul(pooled, weights.of("embedding_weights", channels, EMBEDDING));
    Operand<TFloat32> embedding =
        tf.withName("embedding")
            .nn
            .relu(tf.nn.biasAdd(hidden, weights.of("embedding_bias", EMBEDDING)));
    int classes = LandCover.all().size();
    Operand<TFloat32> logits =
        tf.nn.biasAdd(
            tf.linalg.matMul(embedding, weights.of("classes_weights", EMBEDDING, classes)),
            weights.of("classes_bias", classes));
    return new Outputs(embedding, logits);
  }
}
