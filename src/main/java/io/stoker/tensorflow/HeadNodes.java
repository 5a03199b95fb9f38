package io.stoker.tensorflow;

import io.stoker.model.ChannelOrder;
import io.stoker.model.DataType;
import io.stoker.model.Head;
import io.stoker.model.Normalization;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.NodeDef;

/**
 * Builds the nodes from a batch of slots to the model's input. Steps that would change nothing are
 * left out. Not thread-safe; made for one head.
 */
final class HeadNodes {
  /** {@code [batch, height, width, channels]}: where channels are. */
  private static final int CHANNEL_AXIS = 3;

  private static final float[] LUMA = {0.299f, 0.587f, 0.114f};

  private final String prefix;
  private final Head head;
  private final DataType inputType;
  private final List<NodeDef> nodes = new ArrayList<>();

  /** The node whose output is what we have so far, and its type. */
  private String last;

  private DataType type;

  private HeadNodes(String prefix, Head head, DataType inputType, int fixedBatch) {
    this.prefix = prefix;
    this.head = head;
    this.inputType = inputType;
    this.last = prefix + "batch";
    this.type = head.slotType();
    nodes.add(
        Nodes.placeholder(
            last,
            Nodes.proto(type),
            Nodes.shape(
                fixedBatch == 0 ? -1 : fixedBatch,
                head.slotHeight(),
                head.slotWidth(),
                head.slotChannels())));
  }

  /**
   * Builds.
   *
   * @param prefix what all names begin with
   * @param inputType what the model's input takes
   * @param fixedBatch the batch size, or 0 for any
   */
  static HeadNodes build(String prefix, Head head, DataType inputType, int fixedBatch) {
    var nodes = new HeadNodes(prefix, head, inputType, fixedBatch);
    if (!head.raw()) {
      nodes.pixels();
    }
    nodes.castTo(inputType);
    if (head.channelsFirst()) {
      nodes.transpose();
    }
    return nodes;
  }

  List<NodeDef> nodes() {
    return nodes;
  }

  /** The placeholder for batches. */
  String feed() {
    return prefix + "batch";
  }

  /** The node that gives the model's input. */
  String end() {
    return last;
  }

  private void pixels() {
    boolean resizes =
        head.slotHeight() != head.modelHeight() || head.slotWidth() != head.modelWidth();
    Normalization normalization = head.normalization();
    boolean gray = head.channels() == ChannelOrder.GRAY;
    if (resizes || gray || isFloating(inputType) || !isNeutral(normalization)) {
      castTo(DataType.FLOAT32);
    }
    if (resizes) {
      resize();
    }
    if (head.channels() == ChannelOrder.BGR) {
      reverseChannels();
    } else if (gray) {
      gray();
    }
    normalize(normalization);
    if (type == DataType.FLOAT32 && !isFloating(inputType)) {
      roundAndClip();
    }
  }

  private static boolean isFloating(DataType type) {
    return switch (type) {
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> true;
      default -> false;
    };
  }

  /** Whether it leaves values as they are. */
  private static boolean isNeutral(Normalization normalization) {
    return normalization.divisor() == 1
        && isAll(normalization.mean(), 0)
        && isAll(normalization.std(), 1);
  }

  private static boolean isAll(float[] values, float value) {
    for (float other : values) {
      if (other != value) {
        return false;
      }
    }
    return true;
  }

  private void castTo(DataType wanted) {
    if (type != wanted) {
      add(Nodes.cast(name("cast_" + wanted.label()), last, Nodes.proto(type), Nodes.proto(wanted)));
      type = wanted;
    }
  }

  private void resize() {
    String size = name("size");
    nodes.add(Nodes.ints(size, head.modelHeight(), head.modelWidth()));
    add(
        Nodes.node("ResizeBilinear", name("resize"), last, size)
            .putAttr("T", Nodes.type(type))
            .putAttr("half_pixel_centers", Nodes.bool(true))
            .putAttr("align_corners", Nodes.bool(false))
            .build());
  }

  private void reverseChannels() {
    String axis = name("reverse_axis");
    nodes.add(Nodes.ints(axis, CHANNEL_AXIS));
    add(
        Nodes.node("ReverseV2", name("reverse"), last, axis)
            .putAttr("T", Nodes.type(type))
            .putAttr("Tidx", Nodes.type(DataType.INT32))
            .build());
  }

  private void gray() {
    binary("Mul", "luma", LUMA);
    String axis = name("gray_axis");
    nodes.add(Nodes.ints(axis, CHANNEL_AXIS));
    add(
        Nodes.node("Sum", name("gray"), last, axis)
            .putAttr("T", Nodes.type(type))
            .putAttr("Tidx", Nodes.type(DataType.INT32))
            .putAttr("keep_dims", Nodes.bool(true))
            .build());
  }

  private void normalize(Normalization normalization) {
    if (normalization.divisor() != 1) {
      binary("RealDiv", "divide", normalization.divisor());
    }
    if (!isAll(normalization.mean(), 0)) {
      binary("Sub", "subtract_mean", perChannel(normalization.mean()));
    }
    if (!isAll(normalization.std(), 1)) {
      binary("RealDiv", "divide_by_std", perChannel(normalization.std()));
    }
  }

  /** One value where all are the same: a gray image has one channel. */
  private static float[] perChannel(float[] values) {
    return isAll(values, values[0]) ? new float[] {values[0]} : values;
  }

  /** Whether a normalisation has one value for all channels, so that gray images can have it. */
  static boolean isSameForAllChannels(Normalization normalization) {
    return perChannel(normalization.mean()).length == 1
        && perChannel(normalization.std()).length == 1;
  }

  private void binary(String op, String name, float... operand) {
    String constant = name(name + "_value");
    nodes.add(Nodes.floats(constant, operand));
    add(Nodes.node(op, name(name), last, constant).putAttr("T", Nodes.type(type)).build());
  }

  /** Half to even, then into the integer type's range: a cast alone would cut off and wrap. */
  private void roundAndClip() {
    add(Nodes.node("Round", name("round"), last).putAttr("T", Nodes.type(type)).build());
    float[] range =
        switch (inputType) {
          case UINT8 -> new float[] {0, 255};
          case INT8 -> new float[] {-128, 127};
          case UINT16 -> new float[] {0, 65_535};
          case INT16 -> new float[] {-32_768, 32_767};
          default -> null; // pixels are far within the range of the wider types
        };
    if (range != null) {
      binary("Maximum", "at_least", range[0]);
      binary("Minimum", "at_most", range[1]);
    }
  }

  private void transpose() {
    String order = name("transpose_order");
    nodes.add(Nodes.ints(order, 0, CHANNEL_AXIS, 1, 2));
    add(
        Nodes.node("Transpose", name("transpose"), last, order)
            .putAttr("T", Nodes.type(type))
            .putAttr("Tperm", Nodes.type(DataType.INT32))
            .build());
  }

  private String name(String step) {
    return prefix + "head/" + step;
  }

  private void add(NodeDef node) {
    nodes.add(node);
    last = node.getName();
  }
}
