package io.stoker.tensorflow;

import io.stoker.model.ModelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.VersionDef;

/**
 * A graph and the functions it calls, by name. Immutable.
 *
 * <p>Nothing here recurses over nodes: graphs come from outside and may be chains of any length.
 */
final class ModelGraph {
  private final Map<String, NodeDef> nodes;
  private final Map<String, FunctionDef> functions;
  private final VersionDef versions;

  private ModelGraph(
      Map<String, NodeDef> nodes, Map<String, FunctionDef> functions, VersionDef versions) {
    this.nodes = Collections.unmodifiableMap(nodes);
    this.functions = Collections.unmodifiableMap(functions);
    this.versions = versions;
  }

  /**
   * Names every node and function.
   *
   * @throws ModelException if two have one name, so that nobody can say which is meant
   */
  static ModelGraph of(GraphDef graph) throws ModelException {
    var nodes = new LinkedHashMap<String, NodeDef>();
    var functions = new LinkedHashMap<String, FunctionDef>();
    var twice = new TreeSet<String>();
    for (NodeDef node : graph.getNodeList()) {
      if (nodes.put(node.getName(), node) != null) {
        twice.add(node.getName());
      }
    }
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      if (functions.put(function.getSignature().getName(), function) != null) {
        twice.add(function.getSignature().getName());
      }
    }
    if (!twice.isEmpty()) {
      throw new ModelException(
          "two nodes or functions have the same name: "
              + Names.some(twice)
              + "; names must be unique, the file is damaged or was put together wrongly");
    }
    return new ModelGraph(nodes, functions, graph.getVersions());
  }

  Map<String, NodeDef> nodes() {
    return nodes;
  }

  @Nullable NodeDef node(String name) {
    return nodes.get(name);
  }

  Map<String, FunctionDef> functions() {
    return functions;
  }

  /** The functions that a node calls, whether this graph has them or not. */
  List<String> calls(NodeDef node) {
    List<String> names = Nodes.functions(node.getAttrMap());
    if (functions.containsKey(node.getOp())) {
      names.add(node.getOp());
    }
    return names;
  }

  /**
   * What the named nodes need, functions included. Devices and colocations are left out: the
   * machine is another one. Inputs that name no node stay, for the checks to find.
   */
  ModelGraph pruned(Collection<String> roots) {
    Set<String> kept = reachable(roots);
    var keptNodes = new LinkedHashMap<String, NodeDef>();
    var calls = new ArrayDeque<String>();
    for (NodeDef node : nodes.values()) {
      if (kept.contains(node.getName())) {
        keptNodes.put(node.getName(), withoutPlace(node));
        calls.addAll(calls(node));
      }
    }
    var called = new HashSet<String>();
    while (!calls.isEmpty()) {
      FunctionDef function = functions.get(calls.remove());
      if (function != null && called.add(function.getSignature().getName())) {
        function.getNodeDefList().forEach(node -> calls.addAll(calls(node)));
      }
    }
    var keptFunctions = new LinkedHashMap<String, FunctionDef>();
    functions.forEach(
        (name, function) -> {
          if (called.contains(name)) {
            keptFunctions.put(name, function);
          }
        });
    return new ModelGraph(keptNodes, keptFunctions, versions);
  }

  /** Names of the nodes that the roots need, themselves included. */
  Set<String> reachable(Collection<String> roots) {
    var seen = new LinkedHashSet<String>();
    var open = new ArrayDeque<>(roots);
    while (!open.isEmpty()) {
      NodeDef node = nodes.get(open.remove());
      if (node != null && seen.add(node.getName())) {
        node.getInputList().forEach(input -> open.add(TensorName.nodeOf(input)));
      }
    }
    return seen;
  }

  private static NodeDef withoutPlace(NodeDef node) {
    return node.toBuilder().setDevice("").removeAttr("_class").removeAttr("_output_shapes").build();
  }

  /** With some nodes added, or put in place of those of the same name. */
  ModelGraph with(Collection<NodeDef> added) {
    var all = new LinkedHashMap<>(nodes);
    added.forEach(node -> all.put(node.getName(), node));
    return new ModelGraph(all, functions, versions);
  }

  /** These nodes and functions, and this graph's versions. */
  ModelGraph replaced(Collection<NodeDef> newNodes, Collection<FunctionDef> newFunctions) {
    var byName = new LinkedHashMap<String, NodeDef>();
    newNodes.forEach(node -> byName.put(node.getName(), node));
    var functionsByName = new LinkedHashMap<String, FunctionDef>();
    newFunctions.forEach(
        function -> functionsByName.put(function.getSignature().getName(), function));
    return new ModelGraph(byName, functionsByName, versions);
  }

  /**
   * With every use of one node's output going to another node's first output. Uses are {@code x:1},
   * for the first output also {@code x}, and {@code ^x}, which orders after the node.
   */
  ModelGraph rewired(TensorName from, String to) {
    var changed = new ArrayList<NodeDef>(nodes.size());
    for (NodeDef node : nodes.values()) {
      NodeDef.Builder copy = null;
      for (int i = 0; i < node.getInputCount(); i++) {
        String input = node.getInput(i);
        if (!TensorName.nodeOf(input).equals(from.node())) {
          continue;
        }
        boolean control = TensorName.isControl(input);
        if (control || TensorName.parse(input).equals(from)) {
          copy = copy == null ? node.toBuilder() : copy;
          copy.setInput(i, control ? "^" + to : to);
        }
      }
      changed.add(copy == null ? node : copy.build());
    }
    return replaced(changed, functions.values());
  }

  /** A beginning for node names, ending in a slash, that no node of this graph has. */
  String unusedPrefix(String wish) {
    String prefix = wish + "/";
    for (int i = 1; startsAny(prefix); i++) {
      prefix = wish + "_" + i + "/";
    }
    return prefix;
  }

  private boolean startsAny(String prefix) {
    String whole = prefix.substring(0, prefix.length() - 1);
    return nodes.keySet().stream().anyMatch(name -> name.startsWith(prefix) || name.equals(whole));
  }

  GraphDef toProto() {
    return GraphDef.newBuilder()
        .addAllNode(nodes.values())
        .setLibrary(FunctionDefLibrary.newBuilder().addAllFunction(functions.values()))
        .setVersions(versions)
        .build();
  }
}
