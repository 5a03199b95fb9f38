package io.stoker.tensorflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * What must hold before a graph may reach native code, which answers some of these faults by ending
 * the process: inputs that exist, no cycle outside a loop, no function that calls itself, chains
 * and expansions of a sane length, constants of a sane size.
 */
final class GraphChecks {
  /** Native code recurses along chains; this many were imported and run on {@link LargeStack}. */
  static final int MAX_DEPTH = 20_000;

  /** Nodes after every call is put in place, so that no chain of doubling functions explodes. */
  static final long MAX_EXPANDED_NODES = 10_000_000;

  /** A serialized graph must stay below 2 GiB: protobuf's limit. */
  static final long MAX_CONSTANT_BYTES = (2L << 30) - (16 << 20);

  /** TensorFlow's rule for node names; and no part of one may be {@code ..}, as in a path. */
  private static final Pattern NODE_NAME =
      Pattern.compile("(?!(.*/)?\\.\\.(/.*)?$)[A-Za-z0-9.][A-Za-z0-9_>./\\\\-]*");

  private GraphChecks() {}

  /** Everything that is wrong with a pruned graph; empty if it may be imported. */
  static List<String> problems(ModelGraph graph) {
    var problems = new ArrayList<String>();
    checkNodes("", graph.nodes().values(), Set.of(), problems);
    for (FunctionDef function : graph.functions().values()) {
      var arguments = new HashSet<String>();
      for (OpDef.ArgDef argument : function.getSignature().getInputArgList()) {
        arguments.add(argument.getName());
      }
      String where = "function " + function.getSignature().getName() + ": ";
      checkNodes(where, function.getNodeDefList(), arguments, problems);
    }
    checkCalls(graph, problems);
    checkConstants(graph, problems);
    return problems;
  }

  private static void checkNodes(
      String where, Collection<NodeDef> nodes, Set<String> arguments, List<String> problems) {
    var byName = new LinkedHashMap<String, NodeDef>();
    var badNames = new TreeSet<String>();
    for (NodeDef node : nodes) {
      if (byName.put(node.getName(), node) != null || arguments.contains(node.getName())) {
        problems.add(where + "two nodes are named " + node.getName());
      }
      if (!NODE_NAME.matcher(node.getName()).matches()) {
        badNames.add(node.getName());
      }
    }
    if (!badNames.isEmpty()) {
      problems.add(where + "TensorFlow does not allow these node names: " + Names.some(badNames));
    }
    var dangling = new ArrayList<String>();
    for (NodeDef node : nodes) {
      for (String input : node.getInputList()) {
        String source = TensorName.nodeOf(input);
        if (!byName.containsKey(source) && !arguments.contains(source)) {
          dangling.add(node.getName() + " takes " + input);
        }
      }
    }
    if (!dangling.isEmpty()) {
      problems.add(
          where
              + "inputs that name no node of the graph: "
              + Names.some(dangling)
              + "; the file is damaged or was cut wrongly");
    }
    checkDepth(where, byName, problems);
  }

  /** Kahn's algorithm: takes nodes in an order in which inputs come first, as long as it can. */
  private static void checkDepth(String where, Map<String, NodeDef> nodes, List<String> problems) {
    var waitsFor = new HashMap<String, Integer>();
    var consumers = new HashMap<String, List<String>>();
    for (NodeDef node : nodes.values()) {
      int open = 0;
      for (String input : node.getInputList()) {
        NodeDef source = nodes.get(TensorName.nodeOf(input));
        // The way back of a while loop is the one legal cycle.
        if (source != null && !isNextIteration(source)) {
          consumers
              .computeIfAbsent(source.getName(), name -> new ArrayList<>(2))
              .add(node.getName());
          open++;
        }
      }
      waitsFor.put(node.getName(), open);
    }
    var depth = new HashMap<String, Integer>();
    var ready = new ArrayDeque<String>();
    waitsFor.forEach(
        (name, open) -> {
          if (open == 0) {
            depth.put(name, 1);
            ready.add(name);
          }
        });
    int done = 0;
    int deepest = 0;
    while (!ready.isEmpty()) {
      String name = ready.remove();
      done++;
      int below = depth.getOrDefault(name, 1);
      deepest = Math.max(deepest, below);
      for (String consumer : consumers.getOrDefault(name, List.of())) {
        depth.merge(consumer, below + 1, Math::max);
        if (waitsFor.merge(consumer, -1, Integer::sum) == 0) {
          ready.add(consumer);
        }
      }
    }
    if (done < nodes.size()) {
      var stuck = new TreeSet<String>();
      waitsFor.forEach(
          (name, open) -> {
            if (open > 0) {
              stuck.add(name);
            }
          });
      problems.add(
          where
              + "nodes wait for each other in a cycle outside a while loop, among "
              + Names.some(stuck));
    }
    if (deepest > MAX_DEPTH) {
      problems.add(
          where
              + "a chain of "
              + deepest
              + " nodes, expected at most "
              + MAX_DEPTH
              + ": TensorFlow would overflow its stack");
    }
  }

  private static boolean isNextIteration(NodeDef node) {
    return node.getOp().equals("NextIteration") || node.getOp().equals("RefNextIteration");
  }

  /** Finds functions that do not exist, call themselves, or expand beyond measure. */
  private static void checkCalls(ModelGraph graph, List<String> problems) {
    var missing = new TreeSet<String>();
    var calls = new HashMap<String, List<String>>();
    graph
        .functions()
        .forEach(
            (name, function) ->
                calls.put(name, callees(graph, function.getNodeDefList(), missing)));
    List<String> roots = callees(graph, graph.nodes().values(), missing);
    if (!missing.isEmpty()) {
      problems.add("functions are called that the file does not hold: " + Names.some(missing));
    }
    List<String> order = calleesFirst(calls);
    if (order.size() < calls.size()) {
      var recursive = new TreeSet<>(calls.keySet());
      order.forEach(recursive::remove);
      problems.add(
          "functions call themselves, directly or through each other: " + Names.some(recursive));
      return;
    }
    var expanded = new HashMap<String, Long>();
    for (String name : order) {
      FunctionDef function = graph.functions().get(name);
      long own = function == null ? 0 : function.getNodeDefCount();
      expanded.put(name, expansion(own, calls.getOrDefault(name, List.of()), expanded));
    }
    if (expansion(graph.nodes().size(), roots, expanded) > MAX_EXPANDED_NODES) {
      problems.add(
          "the functions expand to more than "
              + MAX_EXPANDED_NODES
              + " nodes: they call each other"
              + " too often");
    }
  }

  private static List<String> callees(
      ModelGraph graph, Collection<NodeDef> nodes, Set<String> missing) {
    var names = new ArrayList<String>();
    for (NodeDef node : nodes) {
      for (String name : graph.calls(node)) {
        (graph.functions().containsKey(name) ? names : missing).add(name);
      }
    }
    return names;
  }

  private static long expansion(long own, List<String> calls, Map<String, Long> expanded) {
    long sum = own;
    for (String callee : calls) {
      sum = Math.min(MAX_EXPANDED_NODES + 1, sum + expanded.getOrDefault(callee, 0L));
    }
    return sum;
  }

  /** Functions in an order in which callees come first; those on a cycle are left out. */
  private static List<String> calleesFirst(Map<String, List<String>> calls) {
    var open = new HashMap<String, Integer>();
    var callers = new HashMap<String, List<String>>();
    calls.forEach(
        (caller, callees) -> {
          open.put(caller, callees.size());
          callees.forEach(
              callee -> callers.computeIfAbsent(callee, name -> new ArrayList<>()).add(caller));
        });
    var ready = new ArrayDeque<String>();
    open.forEach(
        (name, count) -> {
          if (count == 0) {
            ready.add(name);
          }
        });
    var order = new ArrayList<String>();
    while (!ready.isEmpty()) {
      String name = ready.remove();
      order.add(name);
      for (String caller : callers.getOrDefault(name, List.of())) {
        if (open.merge(caller, -1, Integer::sum) == 0) {
          ready.add(caller);
        }
      }
    }
    return order;
  }

  private static void checkConstants(ModelGraph graph, List<String> problems) {
    long sum = 0;
    var nodes = new ArrayList<>(graph.nodes().values());
    graph.functions().values().forEach(function -> nodes.addAll(function.getNodeDefList()));
    for (NodeDef node : nodes) {
      if (!node.getOp().equals("Const")) {
        continue;
      }
      TensorProto value =
          node.getAttrMap().containsKey("value")
              ? node.getAttrOrThrow("value").getTensor()
              : TensorProto.getDefaultInstance();
      String problem = constantProblem(node.getName(), value);
      if (problem != null) {
        problems.add(problem);
      } else {
        sum += bytes(value);
      }
    }
    if (sum > MAX_CONSTANT_BYTES) {
      problems.add(
          "constants of "
              + (sum >> 20)
              + " MiB, expected less than 2 GiB: TensorFlow's graph files"
              + " end there");
    }
  }

  private static @Nullable String constantProblem(String name, TensorProto value) {
    if (value.getTensorShape().getUnknownRank()) {
      return "constant " + name + " has no shape";
    }
    long elements = 1;
    for (TensorShapeProto.Dim dimension : value.getTensorShape().getDimList()) {
      if (dimension.getSize() < 0) {
        return "constant "
            + name
            + " has a dimension of "
            + dimension.getSize()
            + ", expected 0 or more";
      }
      elements = saturatingProduct(elements, dimension.getSize());
    }
    if (saturatingProduct(elements, elementBytes(value)) > MAX_CONSTANT_BYTES) {
      return "constant " + name + " claims a shape of more than 2 GiB";
    }
    return null;
  }

  private static long bytes(TensorProto value) {
    long elements = 1;
    for (TensorShapeProto.Dim dimension : value.getTensorShape().getDimList()) {
      elements = saturatingProduct(elements, dimension.getSize());
    }
    return saturatingProduct(elements, elementBytes(value));
  }

  private static long elementBytes(TensorProto value) {
    return Math.max(1, io.stoker.model.DataType.of(value.getDtypeValue()).bytes());
  }

  private static long saturatingProduct(long a, long b) {
    return a != 0 && b > Long.MAX_VALUE / a ? Long.MAX_VALUE : a * b;
  }
}
