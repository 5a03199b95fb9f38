package io.stoker.tensorflow;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/**
 * The constant kernel of a convolution or matrix product, and which of its elements make which
 * channel of the output.
 *
 * @param values {@code [height, width, in, out]}, of a depthwise convolution {@code [height, width,
 *     in, multiplier]}, of Conv3D with depth before; of a matrix product {@code [in, out]} or, with
 *     {@code transpose_b}, {@code [out, in]}
 * @param channels of the output
 * @param run how many elements beside each other make the same channel
 * @param rank of the output
 * @param channelsFirst whether channels are the output's second dimension, else the last
 */
record Kernel(FloatingConstant values, int channels, int run, int rank, boolean channelsFirst) {

  /** Of a node; null if it is none of these or its kernel is no constant of float32 or float64. */
  static @Nullable Kernel of(NodeDef node, ModelGraph graph) {
    int rank =
        switch (node.getOp()) {
          case "Conv2D", "DepthwiseConv2dNative" -> 4;
          case "Conv3D" -> 5;
          case "MatMul" -> 2;
          default -> 0;
        };
    if (rank == 0 || node.getInputCount() < 2 || TensorName.isControl(node.getInput(1))) {
      return null;
    }
    FloatingConstant values = FloatingConstant.of(graph.node(TensorName.nodeOf(node.getInput(1))));
    Layout layout = Layout.of(node, rank);
    if (values == null
        || layout == null
        || values.shape().size() != rank
        || values.type() != node.getAttrOrDefault("T", AttrValue.getDefaultInstance()).getType()) {
      return null;
    }
    List<Long> shape = values.shape();
    int last = Math.toIntExact(shape.get(rank - 1));
    int beforeLast = Math.toIntExact(shape.get(rank - 2));
    boolean first = layout == Layout.CHANNELS_FIRST;
    return switch (node.getOp()) {
      case "DepthwiseConv2dNative" -> new Kernel(values, beforeLast * last, 1, rank, first);
      case "MatMul" ->
          node.getAttrOrDefault("transpose_b", Nodes.bool(false)).getB()
              ? new Kernel(values, beforeLast, last, rank, false)
              : new Kernel(values, last, 1, rank, false);
      default -> new Kernel(values, last, 1, rank, first);
    };
  }

  /** The kernel whose output is {@code factors} times as large, by channel; null if not finite. */
  @Nullable TensorProto scaled(double[] factors) {
    IntToDoubleFunction old = values.values();
    return FloatingConstant.write(
        values.type(),
        values.shape(),
        values.count(),
        i -> old.applyAsDouble(i) * factors[i / run % channels]);
  }

  /**
   * An operand's value for each channel; null if it differs within one, or would make the output
   * larger.
   */
  double @Nullable [] byChannel(@Nullable FloatingConstant operand) {
    if (operand == null || operand.type() != values.type() || operand.shape().size() > rank) {
      return null;
    }
    double[] byChannel = new double[channels];
    if (operand.count() == 1) {
      Arrays.fill(byChannel, operand.values().applyAsDouble(0));
      return byChannel;
    }
    int channelFromEnd = channelsFirst ? rank - 1 : 1;
    int at = operand.shape().size() - channelFromEnd;
    if (operand.count() != channels || at < 0 || operand.shape().get(at) != channels) {
      return null;
    }
    Arrays.setAll(byChannel, operand.values()::applyAsDouble);
    return byChannel;
  }

  /** As {@link #byChannel}, for what must be a vector. */
  double @Nullable [] vector(@Nullable FloatingConstant operand) {
    return operand == null
            || operand.type() != values.type()
            || operand.shape().size() != 1
            || operand.count() != channels
        ? null
        : IntStream.range(0, channels).mapToDouble(operand.values()).toArray();
  }

  /** Whether another node lays out its values as this one's output is. */
  boolean hasLayoutOf(NodeDef node) {
    return Layout.of(node, rank) == (channelsFirst ? Layout.CHANNELS_FIRST : Layout.CHANNELS_LAST);
  }

  /** Where channels are. */
  private enum Layout {
    CHANNELS_FIRST,
    CHANNELS_LAST;

    static @Nullable Layout of(NodeDef node, int rank) {
      String format =
          node.getAttrOrDefault("data_format", AttrValue.getDefaultInstance())
              .getS()
              .toStringUtf8();
      return switch (format) {
        case "", "NHWC" -> CHANNELS_LAST;
        case "NDHWC" -> rank == 5 ? CHANNELS_LAST : null;
        case "NCHW" -> rank == 4 ? CHANNELS_FIRST : null;
        case "NCDHW" -> rank == 5 ? CHANNELS_FIRST : null;
        default -> null;
      };
    }
  }
}
