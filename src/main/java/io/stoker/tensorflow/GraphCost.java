package io.stoker.tensorflow;

import io.stoker.model.DataType;
import io.stoker.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;

/** What a frozen graph holds, and what a run of it takes. */
final class GraphCost {
  private GraphCost() {}

  /** Elements of all floating-point constants. */
  static long parameters(ModelGraph graph) {
    long sum = 0;
    for (NodeDef node : graph.nodes().values()) {
      if (node.getOp().equals("Const") && node.containsAttr("value")) {
        var tensor = node.getAttrOrThrow("value").getTensor();
        DataType type = DataType.of(tensor.getDtypeValue());
        if (isFloating(type)) {
          long count = 1;
          for (var dimension : tensor.getTensorShape().getDimList()) {
            count *= Math.max(0, dimension.getSize());
          }
          sum += count;
        }
      }
    }
    return sum;
  }

  private static boolean isFloating(DataType type) {
    return switch (type) {
      case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> true;
      default -> false;
    };
  }

  /**
   * Operations of convolutions and matrix products for one image, a multiplication and an addition
   * being two.
   *
   * @param batch images a run, 0 for any number
   * @return null if a size that matters is not known, or such an op is within a function
   */
  static @Nullable Long flops(ModelGraph graph, NativeGraph shapes, int batch)
      throws TensorFlowException {
    boolean hidden =
        graph.functions().values().stream()
            .flatMap(function -> function.getNodeDefList().stream())
            .anyMatch(node -> isProduct(node.getOp()));
    if (hidden) {
      return null;
    }
    long sum = 0;
    for (NodeDef node : graph.nodes().values()) {
      if (isProduct(node.getOp())) {
        Long flops = flops(node, shapes);
        if (flops == null) {
          return null;
        }
        sum += flops;
      }
    }
    return sum / Math.max(1, batch);
  }

  private static boolean isProduct(String op) {
    return op.equals("Einsum")
        || op.equals("MatMul")
        || op.equals("Conv2D")
        || op.equals("Conv3D")
        || op.startsWith("Conv") && op.contains("BackpropInput")
        || op.equals("DepthwiseConv2dNative")
        || op.startsWith("BatchMatMul");
  }

  private static @Nullable Long flops(NodeDef node, NativeGraph shapes) throws TensorFlowException {
    List<Long> out = shape(node.getName() + ":0", shapes);
    List<Long> first = shape(node.getInput(0), shapes);
    List<Long> second = shape(node.getInput(1), shapes);
    if (out == null || first == null || second == null) {
      return null;
    }
    return switch (node.getOp()) {
      // Each output is made of all taps of the kernel: [rows, columns, in, out].
      case "Conv2D", "Conv3D" -> 2 * elements(out) * elements(second) / last(second);
      // [rows, columns, in, multiplier]
      case "DepthwiseConv2dNative" -> 2 * elements(out) * second.get(0) * second.get(1);
      case "MatMul" -> 2 * elements(out) * first.get(isSet(node, "transpose_a") ? 0 : 1);
      case "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3" ->
          2 * elements(out) * first.get(first.size() - (isSet(node, "adj_x") ? 2 : 1));
      // A transposed convolution: each input goes to all taps, [rows, columns, out, in].
      case "Conv2DBackpropInput", "Conv3DBackpropInputV2" -> {
        List<Long> gradients = shape(node.getInput(2), shapes);
        yield gradients == null
            ? null
            : Long.valueOf(2 * elements(gradients) * elements(second) / last(second));
      }
      default -> null;
    };
  }

  private static boolean isSet(NodeDef node, String attribute) {
    return node.getAttrOrDefault(attribute, AttrValue.getDefaultInstance()).getB();
  }

  /** Sizes, an open number of images being one; null if another is not known. */
  private static @Nullable List<Long> shape(String input, NativeGraph shapes)
      throws TensorFlowException {
    TensorSpec spec = shapes.spec(input, TensorName.parse(input).toString());
    if (spec.shape() == null) {
      return null;
    }
    var sizes = new ArrayList<>(spec.shape());
    if (!sizes.isEmpty() && sizes.get(0) < 0) {
      sizes.set(0, 1L);
    }
    return sizes.stream().anyMatch(size -> size < 0) ? null : sizes;
  }

  private static long elements(List<Long> shape) {
    return shape.stream().reduce(1L, (a, b) -> a * b);
  }

  private static long last(List<Long> shape) {
    return Math.max(1, shape.get(shape.size() - 1));
  }
}
