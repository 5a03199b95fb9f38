package io.stoker.tensorflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/** Chooses the tensors to return. */
final class Fetches {
  private static final Set<String> PLACEHOLDERS =
      Set.of("Placeholder", "PlaceholderV2", "PlaceholderWithDefault");

  private Fetches() {}

  /** Whether a node stands for a value that is given from outside. */
  static boolean isPlaceholder(NodeDef node) {
    return PLACEHOLDERS.contains(node.getOp());
  }

  /**
   * Finds tensors by the names that a user gave.
   *
   * @param wanted a signature's keys, nodes, or {@code node:index}
   * @param keyed what a signature returns, by key
   * @param problems receives what is wrong with them
   */
  static List<NamedTensor> named(
      List<String> wanted, List<NamedTensor> keyed, ModelGraph graph, List<String> problems) {
    var found = new ArrayList<NamedTensor>();
    var seen = new HashSet<TensorName>();
    for (String name : wanted) {
      NamedTensor tensor = find(name, keyed, graph);
      if (tensor == null) {
        problems.add(
            unknown("tensor", name, keyed, graph.nodes().keySet()) + outputs(keyed, graph));
      } else if (!seen.add(tensor.tensor())) {
        problems.add("tensor " + name + " is fetched twice; leave one --fetch out");
      } else {
        found.add(tensor);
      }
    }
    return found;
  }

  private static String outputs(List<NamedTensor> keyed, ModelGraph graph) {
    List<NamedTensor> outputs = keyed.isEmpty() ? unused(graph) : keyed;
    return outputs.isEmpty()
        ? ""
        : "; its outputs are " + Names.some(outputs.stream().map(NamedTensor::name).toList());
  }

  /** A tensor by a key or its name in the graph, or null. */
  static @Nullable NamedTensor find(String name, List<NamedTensor> keyed, ModelGraph graph) {
    for (NamedTensor tensor : keyed) {
      if (tensor.name().equals(name)) {
        return tensor;
      }
    }
    TensorName tensor = TensorName.parse(name);
    return graph.node(tensor.node()) == null ? null : new NamedTensor(tensor.shortName(), tensor);
  }

  /** What to say of a name that nothing has. */
  static String unknown(
      String what, String name, List<NamedTensor> keyed, Collection<String> nodes) {
    var candidates = new LinkedHashSet<String>();
    keyed.forEach(tensor -> candidates.add(tensor.name()));
    candidates.addAll(nodes);
    return "the model has no "
        + what
        + " named "
        + name
        + "; the nearest are "
        + String.join(", ", Names.nearest(TensorName.parse(name).node(), candidates));
  }

  /**
   * What a graph seems to be for: outputs that nothing in it uses, of ops that may run; of those
   * the ones that depend on a placeholder, if any do.
   */
  static List<NamedTensor> unused(ModelGraph graph) {
    Map<String, List<String>> consumers = consumers(graph);
    Map<String, OpDef> ops = RegisteredOps.all();
    var ends = new ArrayList<NodeDef>();
    for (NodeDef node : graph.nodes().values()) {
      boolean mayRun = OpPolicy.isPure(node.getOp()) || graph.functions().containsKey(node.getOp());
      if (mayRun
          && !consumers.containsKey(node.getName())
          && !isPlaceholder(node)
          && !node.getOp().equals("Const")) {
        ends.add(node);
      }
    }
    Set<String> fed = dependents(graph, consumers);
    if (ends.stream().anyMatch(node -> fed.contains(node.getName()))) {
      ends.removeIf(node -> !fed.contains(node.getName()));
    }
    var tensors = new ArrayList<NamedTensor>();
    for (NodeDef node : ends) {
      OpDef op = ops.get(node.getOp());
      int outputs = op == null ? 1 : op.getOutputArgCount();
      for (int i = 0; i < outputs; i++) {
        var tensor = new TensorName(node.getName(), i);
        tensors.add(new NamedTensor(tensor.shortName(), tensor));
      }
    }
    return tensors;
  }

  private static Map<String, List<String>> consumers(ModelGraph graph) {
    var consumers = new HashMap<String, List<String>>();
    for (NodeDef node : graph.nodes().values()) {
      for (String input : node.getInputList()) {
        consumers
            .computeIfAbsent(TensorName.nodeOf(input), name -> new ArrayList<>(2))
            .add(node.getName());
      }
    }
    return consumers;
  }

  /** Nodes that depend on a placeholder. */
  private static Set<String> dependents(ModelGraph graph, Map<String, List<String>> consumers) {
    var seen = new HashSet<String>();
    var open = new ArrayDeque<String>();
    graph.nodes().values().stream()
        .filter(Fetches::isPlaceholder)
        .forEach(node -> open.add(node.getName()));
    while (!open.isEmpty()) {
      String name = open.remove();
      if (seen.add(name)) {
        open.addAll(consumers.getOrDefault(name, List.of()));
      }
    }
    return seen;
  }
}
