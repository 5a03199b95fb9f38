package io.stoker.testing;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * A frozen ResNet-50 (v1, as Keras lays it out) with seeded random weights: as much work as the
 * real one, 102 MB, and nothing to download. Input {@code image [?, side, side, 3] float32}, output
 * {@code probabilities [?, 1000] float32}.
 *
 * <p>{@code java io.stoker.testing.ResNet50 FILE.pb [SIDE]} writes it.
 */
public final class ResNet50 {
  private static final int CLASSES = 1000;

  /** Blocks a stage, and the channels of their inner convolutions (He et al., 2015, table 1). */
  private static final int[][] STAGES = {{3, 64}, {4, 128}, {6, 256}, {3, 512}};

  private final GraphDef.Builder graph =
      GraphDef.newBuilder().setVersions(VersionDef.newBuilder().setProducer(1882));
  private final Random random;

  private ResNet50(long seed) {
    random = new Random(seed);
  }

  /** Writes the graph to a file. */
  public static void main(String[] arguments) throws IOException {
    int side = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 224;
    Files.write(Path.of(arguments[0]), graph(side, 1).toByteArray());
  }

  /** The graph for images of {@code side} × {@code side} pixels. */
  public static GraphDef graph(int side, long seed) {
    return new ResNet50(seed).build(side);
  }

  private GraphDef build(int side) {
    add("Placeholder", "image", List.of())
        .putAttr("dtype", type())
        .putAttr("shape", shape(-1, side, side, 3));
    String x = relu("conv1", norm("conv1", conv("conv1", "image", 7, 2, 3, 64), 64));
    add("MaxPool", "pool1", List.of(x))
        .putAttr("T", type())
        .putAttr("ksize", ints(1, 3, 3, 1))
        .putAttr("strides", ints(1, 2, 2, 1))
        .putAttr("padding", text("SAME"));
    x = "pool1";
    int channels = 64;
    for (int stage = 0; stage < STAGES.length; stage++) {
      for (int block = 0; block < STAGES[stage][0]; block++) {
        int stride = block == 0 && stage > 0 ? 2 : 1;
        String name = "stage" + (stage + 2) + "/block" + (block + 1);
        x = block(name, x, channels, STAGES[stage][1], stride, block == 0);
        channels = 4 * STAGES[stage][1];
      }
    }
    constant("axes", new long[] {2}, DataType.DT_INT32, i -> i + 1);
    add("Mean", "pool", List.of(x, "axes"))
        .putAttr("T", type())
        .putAttr("Tidx", AttrValue.newBuilder().setType(DataType.DT_INT32).build());
    weights("dense/kernel", new long[] {channels, CLASSES}, Math.sqrt(1.0 / channels));
    add("MatMul", "dense", List.of("pool", "dense/kernel")).putAttr("T", type());
    add("Softmax", "probabilities", List.of("dense")).putAttr("T", type());
    return graph.build();
  }

  private String block(
      String name, String input, int channels, int inner, int stride, boolean project) {
    String shortcut = input;
    if (project) {
      String side = name + "/shortcut";
      shortcut = norm(side, conv(side, input, 1, stride, channels, 4 * inner), 4 * inner);
    }
    String a = name + "/a";
    String b = name + "/b";
    String c = name + "/c";
    String x = relu(a, norm(a, conv(a, input, 1, stride, channels, inner), inner));
    x = relu(b, norm(b, conv(b, x, 3, 1, inner, inner), inner));
    x = norm(c, conv(c, x, 1, 1, inner, 4 * inner), 4 * inner);
    add("AddV2", name + "/add", List.of(x, shortcut)).putAttr("T", type());
    return relu(name, name + "/add");
  }

  private String conv(String name, String input, int side, int stride, int in, int out) {
    // He's initialisation keeps activations in range through all 50 layers.
    weights(
        name + "/kernel", new long[] {side, side, in, out}, Math.sqrt(2.0 / (side * side * in)));
    add("Conv2D", name + "/conv", List.of(input, name + "/kernel"))
        .putAttr("T", type())
        .putAttr("strides", ints(1, stride, stride, 1))
        .putAttr("padding", text("SAME"));
    return name + "/conv";
  }

  private String norm(String name, String input, int channels) {
    long[] shape = {channels};
    constant(name + "/gamma", shape, DataType.DT_FLOAT, i -> 0.7);
    constant(name + "/beta", shape, DataType.DT_FLOAT, i -> 0.1 * random.nextGaussian());
    constant(name + "/mean", shape, DataType.DT_FLOAT, i -> 0.1 * random.nextGaussian());
    constant(name + "/variance", shape, DataType.DT_FLOAT, i -> 1 + random.nextDouble());
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

  private String relu(String name, String input) {
    add("Relu", name + "/relu", List.of(input)).putAttr("T", type());
    return name + "/relu";
  }

  private void weights(String name, long[] shape, double deviation) {
    constant(name, shape, DataType.DT_FLOAT, i -> deviation * random.nextGaussian());
  }

  private void constant(String name, long[] shape, DataType type, IntToDoubleFunction value) {
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
