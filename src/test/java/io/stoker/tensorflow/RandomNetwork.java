package io.stoker.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.tensorflow.proto.DataType;

/**
 * Small seeded networks of what optimizing looks at: products of all kinds, biases, normalisations
 * fused or written out, nodes that only hand on, waits, second consumers. From {@code x [2, SIDE,
 * SIDE, 3]}.
 */
final class RandomNetwork {
  static final int BATCH = 2;
  static final int SIDE = 9;
  static final int CHANNELS = 3;

  private final Random random;
  private final Graphs graph = new Graphs();
  private final List<String> fetches = new ArrayList<>();
  private final boolean channelsFirst;
  private int names;

  /**
   * @param channelsFirst whether images are laid out {@code [batch, channels, height, width]}
   *     inside
   */
  RandomNetwork(long seed, boolean channelsFirst) {
    this.random = new Random(seed);
    this.channelsFirst = channelsFirst;
    graph.placeholder("x", Models.FLOAT, -1, SIDE, SIDE, CHANNELS);
    String at = "x";
    if (channelsFirst) {
      graph.ints("order", 0, 3, 1, 2);
      graph.node(
          "Transpose",
          "first",
          List.of(at, "order"),
          "T",
          DataType.DT_FLOAT,
          "Tperm",
          DataType.DT_INT32);
      at = "first";
    }
    int channels = CHANNELS;
    int blocks = 1 + random.nextInt(4);
    for (int block = 0; block < blocks; block++) {
      int kind = random.nextInt(channelsFirst ? 2 : 4);
      int multiplier = 1 + random.nextInt(2);
      int out = kind == 1 ? channels * multiplier : 1 + random.nextInt(6);
      at = product(at, kind, channels, out);
      channels = out;
      at = after(at, channels);
    }
    fetches.add(at);
  }

  byte[] bytes() {
    return graph.bytes();
  }

  /** The end, and what else is asked for. */
  List<String> fetches() {
    return fetches;
  }

  private String name(String what) {
    return what + names++;
  }

  private String product(String input, int kind, int in, int out) {
    return switch (kind) {
      case 0 -> conv("Conv2D", input, out, 1 + random.nextInt(2), 1, new long[] {3, 3, in, out});
      case 1 -> conv("DepthwiseConv2dNative", input, out, 1, 1, new long[] {3, 3, in, out / in});
      case 2 -> conv("Conv2D", input, out, 1, 2, new long[] {3, 3, in, out});
      default -> dilatedAsInTensorFlow1(input, in, out);
    };
  }

  private String conv(String op, String input, int out, int stride, int dilation, long[] shape) {
    String kernel = constant("kernel", 0, shape);
    String conv = name("conv");
    graph.node(
        op,
        conv,
        List.of(input, kernel),
        "T",
        Models.FLOAT,
        "strides",
        places(stride),
        "dilations",
        places(dilation),
        "padding",
        "SAME",
        "data_format",
        format());
    return conv;
  }

  private int[] places(int inSpace) {
    return channelsFirst ? new int[] {1, 1, inSpace, inSpace} : new int[] {1, inSpace, inSpace, 1};
  }

  private String format() {
    return channelsFirst ? "NCHW" : "NHWC";
  }

  private String dilatedAsInTensorFlow1(String input, int in, int out) {
    // Makes any side even, and enough for what the convolution takes away.
    String block = name("block");
    graph.ints(block, 2, 2);
    String resized = name("resized");
    graph.ints(resized + "/size", 8, 8);
    graph.node("ResizeBilinear", resized, List.of(input, resized + "/size"), "T", Models.FLOAT);
    String zeros = name("zeros");
    graph.zeros(zeros, 2, 2);
    String space = name("space");
    graph.node(
        "SpaceToBatchND",
        space,
        List.of(resized, block, zeros),
        "T",
        Models.FLOAT,
        "Tblock_shape",
        Models.INT32,
        "Tpaddings",
        Models.INT32);
    String conv = conv("Conv2D", space, out, 1, 1, new long[] {3, 3, in, out});
    String at = random.nextBoolean() ? bias(conv, out) : conv;
    String back = name("back");
    graph.node(
        "BatchToSpaceND",
        back,
        List.of(at, block, zeros),
        "T",
        Models.FLOAT,
        "Tblock_shape",
        Models.INT32,
        "Tcrops",
        Models.INT32);
    return back;
  }

  // ---- after a product

  private String after(String input, int channels) {
    String at = input;
    if (random.nextInt(3) == 0) {
      at = bias(at, channels);
    }
    String beforeNorm = at;
    int kind = random.nextInt(5);
    at =
        switch (kind) {
          case 0, 1 -> fused(at, channels);
          case 2 -> writtenOut(at, channels);
          case 3 -> fused(identity(at), channels);
          default -> at;
        };
    if (random.nextInt(5) == 0) {
      fetches.add(beforeNorm);
    } else if (random.nextInt(5) == 0) {
      String second = unary("Relu", beforeNorm);
      at = binary("AddV2", at, second);
    }
    if (random.nextInt(6) == 0) {
      String waiting = name("waiting");
      graph.node("Identity", waiting, List.of(at, "^" + beforeNorm), "T", Models.FLOAT);
      at = waiting;
    }
    return random.nextBoolean() ? unary("Relu", at) : at;
  }

  private String bias(String input, int channels) {
    String value = constant("bias", 0, channels);
    String biased = name("biased");
    graph.node(
        "BiasAdd", biased, List.of(input, value), "T", Models.FLOAT, "data_format", format());
    return biased;
  }

  private String fused(String input, int channels) {
    String norm = name("norm");
    String version = List.of("", "V2", "V3").get(random.nextInt(3));
    List<String> inputs =
        List.of(
            input,
            identity(constant("gamma", 1, channels)),
            constant("beta", 0, channels),
            constant("mean", 0, channels),
            identity(variance(channels)));
    if (version.isEmpty()) {
      graph.node(
          "FusedBatchNorm",
          norm,
          inputs,
          "T",
          Models.FLOAT,
          "epsilon",
          0.001f,
          "is_training",
          false,
          "data_format",
          format());
    } else {
      graph.node(
          "FusedBatchNorm" + version,
          norm,
          inputs,
          "T",
          Models.FLOAT,
          "U",
          Models.FLOAT,
          "epsilon",
          0.001f,
          "is_training",
          false,
          "data_format",
          format());
    }
    return norm;
  }

  /**
   * As tf.nn.batch_normalization is: x · (gamma / deviation) + (beta - mean · gamma / deviation).
   */
  private String writtenOut(String input, int channels) {
    long[] shape = channelsFirst ? new long[] {channels, 1, 1} : new long[] {channels};
    String epsilon = constantOf("epsilon", 0.001f);
    String variance = constant("variance", 2, shape);
    String sum = binary("AddV2", unary("Square", variance), epsilon);
    String factor = binary("Mul", unary("Rsqrt", sum), constant("gamma", 1, shape));
    String mean = constant("mean", 0, shape);
    if (random.nextBoolean()) {
      String offset = binary("Sub", constant("beta", 0, shape), binary("Mul", mean, factor));
      return binary("AddV2", binary("Mul", input, factor), offset);
    }
    String product = binary("Mul", factor, binary("Sub", input, mean));
    return binary("Add", constant("beta", 0, shape), product);
  }

  private String variance(int channels) {
    return unary("Square", constant("deviation", 2, channels));
  }

  private String identity(String input) {
    return unary(random.nextBoolean() ? "Identity" : "StopGradient", input);
  }

  private String unary(String op, String input) {
    String name = name(op.toLowerCase(java.util.Locale.ROOT));
    graph.node(op, name, List.of(input), "T", Models.FLOAT);
    return name;
  }

  private String binary(String op, String left, String right) {
    String name = name(op.toLowerCase(java.util.Locale.ROOT));
    graph.node(op, name, List.of(left, right), "T", Models.FLOAT);
    return name;
  }

  private String constantOf(String what, float value) {
    String name = name(what);
    graph.floats(name, new long[0], value);
    return name;
  }

  private String constant(String what, double around, long... shape) {
    String name = name(what);
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (around + 0.3 * random.nextGaussian());
    }
    graph.floats(name, shape, values);
    return name;
  }
}
