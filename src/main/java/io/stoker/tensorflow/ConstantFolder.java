package io.stoker.tensorflow;

import io.stoker.model.DataType;
import io.stoker.model.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.NodeDef;

/**
 * Computes once, on loading, what depends on constants only. TensorFlow computes it, in one run on
 * the CPU.
 *
 * <p>Models come from strangers, so a few ops take part, and each node only after its size was
 * inferred from the shapes: no result is much larger than what it is made from, and all that is
 * read and written while folding stays below {@link #MAX_WORK_BYTES}, which bounds memory and time.
 * Not thread-safe; made for one graph.
 */
final class ConstantFolder {
  /**
   * Ops without effect or state, of one output, whose work and memory are proportional to what they
   * read and write. Products of matrices and convolutions are not: a few small ones can take hours.
   */
  static final Set<String> OPS =
      Set.of(
          // element by element
          "Abs",
          "Ceil",
          "CheckNumerics",
          "Exp",
          "Expm1",
          "Floor",
          "Inv",
          "Log",
          "Log1p",
          "Neg",
          "Reciprocal",
          "Relu",
          "Relu6",
          "Round",
          "Rsqrt",
          "Sigmoid",
          "Sign",
          "Softplus",
          "Sqrt",
          "Square",
          "Tanh",
          "Cast",
          "LogicalNot",
          "OnesLike",
          "ZerosLike",
          "Identity",
          "StopGradient",
          "PreventGradient",
          // two by two
          "Add",
          "AddV2",
          "BiasAdd",
          "Div",
          "DivNoNan",
          "FloorDiv",
          "Maximum",
          "Minimum",
          "Mul",
          "MulNoNan",
          "Pow",
          "RealDiv",
          "SquaredDifference",
          "Sub",
          "Equal",
          "Greater",
          "GreaterEqual",
          "Less",
          "LessEqual",
          "LogicalAnd",
          "LogicalOr",
          "NotEqual",
          "Select",
          "SelectV2",
          // of many one
          "All",
          "Any",
          "Max",
          "Mean",
          "Min",
          "Prod",
          "Sum",
          // shapes and places
          "BroadcastTo",
          "ConcatV2",
          "ExpandDims",
          "Fill",
          "Gather",
          "GatherV2",
          "Pack",
          "Pad",
          "PadV2",
          "Range",
          "Rank",
          "Reshape",
          "ReverseV2",
          "Shape",
          "Size",
          "Slice",
          "Squeeze",
          "StridedSlice",
          "Tile",
          "Transpose");

  /** What a result may have more than its inputs, as they are stored. */
  private static final long MAX_GROWTH_BYTES = 4L << 20;

  /** What all results that stay in the graph may have more than the constants they came from. */
  private static final long MAX_TOTAL_GROWTH_BYTES = 64L << 20;

  /** Read and written while folding. Results that wait for others are a part of it. */
  private static final long MAX_WORK_BYTES = 2L << 30;

  private final ModelGraph graph;
  private final Set<String> roots;

  /** What each constant and foldable node holds, and what it costs to keep. */
  private final Map<String, Size> sizes = new HashMap<>();

  private long workBytes;

  /**
   * The size of a value.
   *
   * @param bytes of its elements
   * @param storedBytes in the graph's file, where a constant may be one number repeated
   */
  private record Size(long bytes, long storedBytes) {}

  /**
   * What came of it.
   *
   * @param count nodes that were computed
   */
  record Folded(ModelGraph graph, int count) {}

  private ConstantFolder(ModelGraph graph, Set<String> roots) {
    this.graph = graph;
    this.roots = roots;
  }

  /**
   * Folds. What only served the folded nodes is still in the graph.
   *
   * @param graph checked: no op in it is forbidden
   * @param intraOpThreads CPU threads that one op may spread over, 0 for all
   * @throws TensorFlowException if TensorFlow cannot compute one of them
   */
  static Folded fold(ModelGraph graph, Set<String> roots, int intraOpThreads)
      throws TensorFlowException {
    return new ConstantFolder(graph, roots).fold(intraOpThreads);
  }

  private Folded fold(int intraOpThreads) throws TensorFlowException {
    Map<String, NodeDef> candidates = candidates();
    if (candidates.values().stream().allMatch(ConstantFolder::isConstant)) {
      return new Folded(graph, 0);
    }
    ModelGraph constants = graph.replaced(candidates.values(), List.of());
    try (var shapes = NativeGraph.of(constants.toProto().toByteArray())) {
      var folded = new LinkedHashMap<String, NodeDef>();
      for (NodeDef node : candidates.values()) {
        if (isConstant(node)) {
          addConstant(node, shapes);
        } else if (addResult(node, shapes)) {
          folded.put(node.getName(), node);
        }
      }
      List<String> results = results(folded);
      if (results.isEmpty() || growsTooMuch(results, folded)) {
        return new Folded(graph, 0);
      }
      return new Folded(graph.with(compute(shapes, results, intraOpThreads)), folded.size());
    }
  }

  /** The constants and what could be computed from them alone, inputs first. */
  private Map<String, NodeDef> candidates() {
    var candidates = new LinkedHashMap<String, NodeDef>();
    for (NodeDef node : NodeOrder.inputsFirst(graph)) {
      boolean candidate =
          isConstant(node)
              || OPS.contains(node.getOp())
                  && node.getInputList().stream()
                      .allMatch(
                          input ->
                              !TensorName.isControl(input)
                                  && candidates.containsKey(TensorName.nodeOf(input)));
      if (candidate) {
        candidates.put(node.getName(), node);
      }
    }
    // Constants that only serve others need not be imported.
    var used = new LinkedHashMap<String, NodeDef>();
    var inputs = new HashSet<String>();
    candidates
        .values()
        .forEach(node -> node.getInputList().forEach(i -> inputs.add(TensorName.nodeOf(i))));
    candidates.forEach(
        (name, node) -> {
          if (!isConstant(node) || inputs.contains(name)) {
            used.put(name, node);
          }
        });
    return used;
  }

  /** A constant within a branch or a loop waits for it, and is none here. */
  private static boolean isConstant(NodeDef node) {
    return node.getOp().equals("Const") && node.getInputCount() == 0;
  }

  private void addConstant(NodeDef node, NativeGraph shapes) throws TensorFlowException {
    Long bytes = bytes(node, shapes);
    if (bytes != null) {
      sizes.put(node.getName(), new Size(bytes, Math.min(bytes, node.getSerializedSize())));
    }
  }

  /** Whether the node is to be folded. */
  private boolean addResult(NodeDef node, NativeGraph shapes) throws TensorFlowException {
    long read = 0;
    long stored = 0;
    for (String input : node.getInputList()) {
      Size size = sizes.get(TensorName.nodeOf(input));
      if (size == null) {
        return false;
      }
      read += size.bytes();
      stored += size.storedBytes();
    }
    Long bytes = bytes(node, shapes);
    if (bytes == null
        || bytes - stored > MAX_GROWTH_BYTES
        || workBytes + read + bytes > MAX_WORK_BYTES) {
      return false;
    }
    workBytes += read + bytes;
    sizes.put(node.getName(), new Size(bytes, bytes));
    return true;
  }

  /** Null where type or shape is not known or of no fixed size. */
  private static @Nullable Long bytes(NodeDef node, NativeGraph shapes) throws TensorFlowException {
    TensorSpec spec = shapes.spec(node.getName(), node.getName() + ":0");
    if (spec.shape() == null || spec.type() == DataType.OTHER || spec.type().bytes() == 0) {
      return null;
    }
    long bytes = spec.type().bytes();
    for (long size : spec.shape()) {
      if (size < 0 || (size > 0 && bytes > GraphChecks.MAX_CONSTANT_BYTES / size)) {
        return null;
      }
      bytes *= size;
    }
    return bytes;
  }

  /** Folded nodes that someone else uses; the others served them only. */
  private List<String> results(Map<String, NodeDef> folded) {
    var uses = new Uses(graph);
    return folded.keySet().stream()
        .filter(
            name ->
                roots.contains(name)
                    || uses.of(name).stream()
                        .anyMatch(use -> !folded.containsKey(use.consumer().getName())))
        .toList();
  }

  private boolean growsTooMuch(List<String> results, Map<String, NodeDef> folded) {
    long after = results.stream().mapToLong(name -> size(name).storedBytes()).sum();
    long before =
        sizes.entrySet().stream()
            .filter(size -> !folded.containsKey(size.getKey()))
            .mapToLong(size -> size.getValue().storedBytes())
            .sum();
    return after - before > MAX_TOTAL_GROWTH_BYTES;
  }

  private Size size(String name) {
    return sizes.getOrDefault(name, new Size(0, 0));
  }

  private static List<NodeDef> compute(
      NativeGraph constants, List<String> results, int intraOpThreads) throws TensorFlowException {
    var computed = new ArrayList<NodeDef>();
    try (var session = NativeSession.open(constants, SessionConfig.folding(intraOpThreads));
        var runner =
            session.runner(
                List.of(), results.stream().map(name -> name + ":0").toList(), List.of())) {
      List<NativeTensor> values = runner.firstRun();
      try {
        for (int i = 0; i < results.size(); i++) {
          computed.add(Nodes.constant(results.get(i), VariableLoader.proto(values.get(i))));
        }
      } finally {
        values.forEach(NativeTensor::close);
      }
    }
    return computed;
  }
}
