package io.stoker.tensorflow;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/**
 * Folds batch normalisations into the convolution or matrix product before them, which then has
 * another kernel, and a bias.
 *
 * <p>What follows the product is taken as a chain of nodes that scale and move each channel by
 * constants: fused normalisations, biases, and the products and sums that a normalisation is where
 * it is not fused. Each but the last has no other use. The last keeps its name and becomes the
 * bias. Half precision is left alone: the kernel's rounding would show. Not thread-safe; made for
 * one graph.
 */
final class BatchNormFolder {
  private static final Set<String> FUSED =
      Set.of("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3");

  /**
   * What new kernels may have more than the old, where one is used several times or is stored as
   * one number.
   */
  private static final long MAX_GROWTH_BYTES = 64L << 20;

  private final ModelGraph graph;
  private final Set<String> roots;
  private final Uses uses;
  private final String prefix;
  private final List<NodeDef> changed = new ArrayList<>();
  private long growthBytes;
  private int folded;

  /**
   * What came of it.
   *
   * @param count normalisations that are gone
   */
  record Folded(ModelGraph graph, int count) {}

  /** A node that scales or moves channels, or only moves elements within them. */
  private record Link(NodeDef node, @Nullable ChannelScale scale) {}

  private BatchNormFolder(ModelGraph graph, Set<String> roots) {
    this.graph = graph;
    this.roots = roots;
    this.uses = new Uses(graph);
    this.prefix = graph.unusedPrefix("stoker_folded");
  }

  /** Folds. What only served the folded nodes is still in the graph. */
  static Folded fold(ModelGraph graph, Set<String> roots) {
    var folder = new BatchNormFolder(graph, roots);
    for (NodeDef node : graph.nodes().values()) {
      Kernel kernel = Kernel.of(node, graph);
      if (kernel != null) {
        folder.fold(node, kernel);
      }
    }
    return new Folded(graph.with(folder.changed), folder.folded);
  }

  /** Fused normalisations, those within functions included. */
  static int count(ModelGraph graph) {
    long nodes = graph.nodes().values().stream().filter(BatchNormFolder::isFused).count();
    long inFunctions =
        graph.functions().values().stream()
            .flatMap(function -> function.getNodeDefList().stream())
            .filter(BatchNormFolder::isFused)
            .count();
    return Math.toIntExact(nodes + inFunctions);
  }

  private static boolean isFused(NodeDef node) {
    return FUSED.contains(node.getOp());
  }

  private void fold(NodeDef product, Kernel kernel) {
    List<Link> chain = chain(product, kernel);
    int norms = norms(chain, kernel);
    if (norms == 0) {
      return;
    }
    Link last = chain.get(chain.size() - 1);
    ChannelScale scale = requireNonNull(last.scale());
    long growth = growth(product, kernel);
    if (growthBytes + growth > MAX_GROWTH_BYTES) {
      return;
    }
    TensorProto newKernel = kernel.scaled(scale.factors());
    TensorProto bias = bias(kernel, scale.offsets());
    if (newKernel == null || bias == null) {
      return;
    }
    growthBytes += growth;
    folded += norms;
    rewrite(product, chain, kernel, newKernel, bias);
  }

  private long growth(NodeDef product, Kernel kernel) {
    String name = TensorName.nodeOf(product.getInput(1));
    boolean shared = uses.of(name).size() > 1 || roots.contains(name);
    FloatingConstant values = kernel.values();
    return values.bytes() - (shared ? 0 : Math.min(values.bytes(), values.storedBytes()));
  }

  // ---- what follows

  /** What can be folded, up to the last node that scales or moves channels. */
  private List<Link> chain(NodeDef product, Kernel kernel) {
    var chain = new ArrayList<Link>();
    int length = 0;
    NodeDef at = product;
    ChannelScale scale = ChannelScale.none(kernel.channels());
    while (true) {
      NodeDef next = onlyConsumer(at);
      if (next == null || next.getInputList().stream().anyMatch(TensorName::isControl)) {
        break;
      }
      ChannelScale scaled = scaled(next, at, scale, kernel);
      if (scaled != null) {
        scale = scaled;
        chain.add(new Link(next, scale));
        length = chain.size();
      } else if (movesWithinChannels(next, at, kernel)) {
        chain.add(new Link(next, null));
      } else {
        break;
      }
      at = next;
    }
    return chain.subList(0, length);
  }

  private @Nullable NodeDef onlyConsumer(NodeDef node) {
    List<Uses.Use> consumers = uses.of(node.getName());
    return consumers.size() == 1
            && consumers.get(0).isFirstOutput()
            && !roots.contains(node.getName())
        ? consumers.get(0).consumer()
        : null;
  }

  /** How many normalisations a chain has; products by the same number for all channels are none. */
  private int norms(List<Link> chain, Kernel kernel) {
    int fused = 0;
    boolean scales = false;
    for (Link link : chain) {
      NodeDef node = link.node();
      if (isFused(node)) {
        fused++;
      } else if (Set.of("Mul", "RealDiv", "Div").contains(node.getOp())) {
        for (String input : node.getInputList()) {
          FloatingConstant operand = constant(input);
          scales |= operand != null && operand.count() == kernel.channels();
        }
      }
    }
    return fused > 0 ? fused : scales ? 1 : 0;
  }

  /** What was done and what the node does, together; null if it does anything else. */
  private @Nullable ChannelScale scaled(
      NodeDef node, NodeDef from, ChannelScale scale, Kernel kernel) {
    if (isFused(node)) {
      return normalized(node, scale, kernel);
    }
    if (node.getInputCount() != 2) {
      return null;
    }
    boolean fromFirst = TensorName.nodeOf(node.getInput(0)).equals(from.getName());
    FloatingConstant other = constant(node.getInput(fromFirst ? 1 : 0));
    boolean bias = node.getOp().equals("BiasAdd") || node.getOp().equals("BiasAddV1");
    double[] operand = bias ? kernel.vector(other) : kernel.byChannel(other);
    if (operand == null) {
      return null;
    }
    return switch (node.getOp()) {
      case "BiasAdd", "BiasAddV1" ->
          fromFirst && kernel.hasLayoutOf(node) ? scale.plus(operand) : null;
      case "Add", "AddV2" -> scale.plus(operand);
      case "Sub" -> fromFirst ? scale.minus(operand) : null;
      case "Mul" -> scale.times(operand);
      case "RealDiv", "Div" -> fromFirst ? scale.dividedBy(operand) : null;
      default -> null;
    };
  }

  private @Nullable ChannelScale normalized(NodeDef node, ChannelScale scale, Kernel kernel) {
    if (node.getInputCount() != 5
        || node.getAttrOrDefault("is_training", Nodes.bool(true)).getB()
        || !kernel.hasLayoutOf(node)
        || !uses.of(node.getName()).stream()
            .allMatch(use -> use.isControl() || use.isFirstOutput())) {
      return null;
    }
    double[] gamma = kernel.vector(constant(node.getInput(1)));
    double[] beta = kernel.vector(constant(node.getInput(2)));
    double[] mean = kernel.vector(constant(node.getInput(3)));
    double[] variance = kernel.vector(constant(node.getInput(4)));
    if (gamma == null || beta == null || mean == null || variance == null) {
      return null;
    }
    AttrValue given = node.getAttrOrDefault("epsilon", AttrValue.getDefaultInstance());
    double epsilon = node.containsAttr("epsilon") ? given.getF() : 0.0001f;
    double[] factors = new double[gamma.length];
    Arrays.setAll(factors, i -> gamma[i] / Math.sqrt(variance[i] + epsilon));
    return scale.minus(mean).times(factors).plus(beta);
  }

  /** The end of a dilated convolution as TensorFlow 1 writes it: elements change their places. */
  private boolean movesWithinChannels(NodeDef node, NodeDef from, Kernel kernel) {
    if (!node.getOp().equals("BatchToSpaceND")
        || kernel.channelsFirst()
        || !TensorName.nodeOf(node.getInput(0)).equals(from.getName())) {
      return false;
    }
    NodeDef block = graph.node(TensorName.nodeOf(node.getInput(1)));
    if (block == null || !block.getOp().equals("Const")) {
      return false;
    }
    var shape =
        block
            .getAttrOrDefault("value", AttrValue.getDefaultInstance())
            .getTensor()
            .getTensorShape();
    return shape.getDimCount() == 1 && shape.getDim(0).getSize() <= kernel.rank() - 2;
  }

  private @Nullable FloatingConstant constant(String input) {
    return TensorName.isControl(input)
        ? null
        : FloatingConstant.of(graph.node(TensorName.nodeOf(input)));
  }

  // ---- what becomes of it

  /** Of channels first in five dimensions, which BiasAdd does not know, as a sum broadcasts it. */
  private static @Nullable TensorProto bias(Kernel kernel, double[] offsets) {
    long channels = kernel.channels();
    List<Long> shape =
        isVolumeByChannel(kernel) ? List.of(channels, 1L, 1L, 1L) : List.of(channels);
    return FloatingConstant.write(
        kernel.values().type(), shape, kernel.channels(), i -> offsets[i]);
  }

  private static boolean isVolumeByChannel(Kernel kernel) {
    return kernel.channelsFirst() && kernel.rank() == 5;
  }

  private void rewrite(
      NodeDef product, List<Link> chain, Kernel kernel, TensorProto newKernel, TensorProto bias) {
    String name = prefix + changed.size();
    changed.add(Nodes.constant(name + "/kernel", newKernel));
    changed.add(Nodes.constant(name + "/bias", bias));
    changed.add(product.toBuilder().setInput(1, name + "/kernel").build());
    String end = product.getName();
    for (Link link : chain) {
      if (link.scale() == null) {
        changed.add(link.node().toBuilder().setInput(0, end).build());
        end = link.node().getName();
      }
    }
    NodeDef last = chain.get(chain.size() - 1).node();
    changed.add(biased(last.getName(), end, name + "/bias", kernel));
  }

  private static NodeDef biased(String name, String input, String bias, Kernel kernel) {
    DataType type = kernel.values().type();
    if (isVolumeByChannel(kernel)) {
      return Nodes.node("AddV2", name, input, bias).putAttr("T", Nodes.type(type)).build();
    }
    String format = kernel.channelsFirst() ? "NCHW" : "NHWC";
    return Nodes.node("BiasAdd", name, input, bias)
        .putAttr("T", Nodes.type(type))
        .putAttr("data_format", Nodes.bytes(ByteString.copyFromUtf8(format)))
        .build();
  }
}
