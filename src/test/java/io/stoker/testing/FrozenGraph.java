package io.stoker.testing;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VersionDef;

/**
 * Builds networks layer by layer, as frozen graphs with seeded random weights, in the scale that
 * keeps activations alive through many layers. A layer's name is that of its output.
 */
final class FrozenGraph {
  private static final int CLASSES = 1000;

  private final GraphDef.Builder graph =
      GraphDef.newBuilder().setVersions(VersionDef.newBuilder().setProducer(1882));
  private final Random random;
  private final double gamma;

  /**
   * @param gamma every normalisation scales by that
   */
  FrozenGraph(long seed, double gamma) {
    this.gamma = gamma;
    random = new Random(seed);
  }

  /** The input {@code image [?, side, side, 3] float32}. */
  String image(int side) {
    add("Placeholder", "image", List.of())
        .putAttr("dtype", type())
        .putAttr("shape", shape(-1, side, side, 3));
    return "image";
  }

  /** A convolution without bias. */
  String conv(String name, String input, int side, int stride, int in, int out) {
    // He et al., 2015: "Delving Deep into Rectifiers".
    double deviation = Math.sqrt(2.0 / (side * side * in));
    weights(name + "/kernel", deviation, side, side, in, out);
    add("Conv2D", name + "/conv", List.of(input, name + "/kernel"))
        .putAttr("T", type())
        .putAttr("strides", ints(1, stride, stride, 1))
        .putAttr("padding", text("SAME"));
    return name + "/conv";
  }

  /** A convolution of each channel by itself. */
  String depthwise(String name, String input, int side, int stride, int channels) {
    weights(name + "/kernel", Math.sqrt(2.0 / (side * side)), side, side, channels, 1);
    add("DepthwiseConv2dNative", name + "/depthwise", List.of(input, name + "/kernel"))
        .putAttr("T", type())
        .putAttr("strides", ints(1, stride, stride, 1))
        .putAttr("padding", text("SAME"));
    return name + "/depthwise";
  }

  /** A batch normalisation with moments that were learned. */
  String norm(String name, String input, int channels) {
    constant(name + "/gamma", DataType.DT_FLOAT, i -> gamma, channels);
    constant(name + "/beta", DataType.DT_FLOAT, i -> 0.1 * random.nextGaussian(), channels);
    constant(name + "/mean", DataType.DT_FLOAT, i -> 0.1 * random.nextGaussian(), channels);
    constant(name + "/variance", DataType.DT_FLOAT, i -> 1 + random.nextDouble(), channels);
    add(
            "FusedBatchNormV3",
            name + "/norm",
            List.of(input, name + "/gamma", name + "/beta", name + "/mean", name + "/variance"))
        .putAttr("T", type())
        .putAttr("U", type())
        .putAttr("epsilon", AttrValue.newBuilder().setF(1.001e-5f).build())
        .putAttr("is_training", AttrValue.newBuilder().setB(false).build());
    return name + "/norm";
  }

  String bias(String name, String input, int channels) {
    constant(name + "/bias", DataType.DT_FLOAT, i -> 0.1 * random.nextGaussian(), channels);
    return binary("BiasAdd", name + "/biased", input, name + "/bias");
  }

  String relu(String name, String input) {
    return unary("Relu", name + "/relu", input);
  }

  String relu6(String name, String input) {
    return unary("Relu6", name + "/relu6", input);
  }

  /** x · sigmoid(x). */
  String swish(String name, String input) {
    return binary("Mul", name + "/swish", input, sigmoid(name, input));
  }

  String sigmoid(String name, String input) {
    return unary("Sigmoid", name + "/sigmoid", input);
  }

  String sum(String name, String left, String right) {
    return binary("AddV2", name + "/add", left, right);
  }

  String product(String name, String left, String right) {
    return binary("Mul", name + "/mul", left, right);
  }

  String maxPool(String name, String input, int side, int stride) {
    add("MaxPool", name, List.of(input))
        .putAttr("T", type())
        .putAttr("ksize", ints(1, side, side, 1))
        .putAttr("strides", ints(1, stride, stride, 1))
        .putAttr("padding", text("SAME"));
    return name;
  }

  /** Of each channel. */
  String mean(String name, String input, boolean keepDims) {
    constant(name + "/axes", DataType.DT_INT32, i -> i + 1, 2);
    add("Mean", name + "/mean", List.of(input, name + "/axes"))
        .putAttr("T", type())
        .putAttr("Tidx", AttrValue.newBuilder().setType(DataType.DT_INT32).build())
        .putAttr("keep_dims", AttrValue.newBuilder().setB(keepDims).build());
    return name + "/mean";
  }

  /** A thousand classes: the output {@code probabilities [?, 1000] float32}. */
  GraphDef classified(String input, int channels) {
    weights("dense/kernel", Math.sqrt(1.0 / channels), channels, CLASSES);
    binary("MatMul", "dense", input, "dense/kernel");
    unary("Softmax", "probabilities", bias("dense", "dense", CLASSES));
    return graph.build();
  }

  private String unary(String op, String name, String input) {
    add(op, name, List.of(input)).putAttr("T", type());
    return name;
  }

  private String binary(String op, String name, String left, String right) {
    add(op, name, List.of(left, right)).putAttr("T", type());
    return name;
  }

  private void weights(String name, double deviation, long... shape) {
    constant(name, DataType.DT_FLOAT, i -> deviation * random.nextGaussian(), shape);
  }

  private void constant(String name, DataType type, IntToDoubleFunction value, long... shape) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    var bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      if (type == DataType.DT_INT32) {
        bytes.putInt((int) value.applyAsDouble(i));
      } else {
        bytes.putFloat((float) value.applyAsDouble(i));
      }
    }
    TensorProto tensor =
        TensorProto.newBuilder()
            .setDtype(type)
            .setTensorShape(sizes(shape))
            .setTensorContent(ByteString.copyFrom(bytes.array()))
            .build();
    add("Const", name, List.of())
        .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
        .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build());
  }

  private NodeDef.Builder add(String op, String name, List<String> inputs) {
    return graph.addNodeBuilder().setOp(op).setName(name).addAllInput(inputs);
  }

  private static AttrValue type() {
    return AttrValue.newBuilder().setType(DataType.DT_FLOAT).build();
  }

  private static AttrValue text(String value) {
    return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(value)).build();
  }

  private static AttrValue ints(long... values) {
    var list = AttrValue.ListValue.newBuilder();
    for (long value : values) {
      list.addI(value);
    }
    return AttrValue.newBuilder().setList(list).build();
  }

  private static AttrValue shape(long... sizes) {
    return AttrValue.newBuilder().setShape(sizes(sizes)).build();
  }

  private static TensorShapeProto sizes(long... sizes) {
    var shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      shape.addDimBuilder().setSize(size);
    }
    return shape.build();
  }
}
