package io.stoker.tensorflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Where the ops that read files on loading get their path from. It must be a node that we feed: the
 * checkpoint's place, or an asset's. A path that stands in the model itself could name any file of
 * the machine.
 *
 * <p>Followed backwards through Identity, through function arguments to every call, and no further:
 * a path that was computed is refused.
 */
final class FileOrigins {
  /** Which input of an op is the path. */
  private static final Map<String, Integer> PATH_INPUT =
      Map.of(
          "RestoreV2", 0,
          "Restore", 0,
          "RestoreSlice", 0,
          "InitializeTableFromTextFile", 1,
          "InitializeTableFromTextFileV2", 1);

  private final ModelGraph graph;
  private final Set<String> fed;

  /** A value within the main graph (function null) or a function. */
  private record Place(@Nullable String function, String value) {}

  /** A call and what it is in. */
  private record Call(@Nullable String function, NodeDef node) {}

  private FileOrigins(ModelGraph graph, Set<String> fed) {
    this.graph = graph;
    this.fed = fed;
  }

  /**
   * What reads a file whose path is not ours.
   *
   * @param graph pruned to what runs on loading
   * @param fed nodes that we feed with paths
   */
  static List<String> problems(ModelGraph graph, Set<String> fed) {
    return new FileOrigins(graph, fed).problems();
  }

  private List<String> problems() {
    var strangers = new TreeSet<String>();
    check(null, graph.nodes().values(), strangers);
    graph
        .functions()
        .forEach((name, function) -> check(name, function.getNodeDefList(), strangers));
    return strangers.isEmpty()
        ? List.of()
        : List.of(
            "on loading, the model reads files that are not its own variables or assets: "
                + Names.some(strangers)
                + ". Export it with its files as assets, or pass --trust-model if you trust where it"
                + " comes from");
  }

  private void check(@Nullable String function, Collection<NodeDef> nodes, Set<String> strangers) {
    for (NodeDef node : nodes) {
      Integer input = PATH_INPUT.get(node.getOp());
      if (input != null
          && (node.getInputCount() <= input || !isFed(new Place(function, node.getInput(input))))) {
        strangers.add(node.getName() + " (" + node.getOp() + ")");
      }
    }
  }

  private boolean isFed(Place place) {
    var seen = new HashSet<Place>();
    var open = new ArrayDeque<Place>();
    open.add(place);
    while (!open.isEmpty()) {
      Place next = open.remove();
      if (seen.add(next)) {
        List<Place> sources = sources(next);
        if (sources == null) {
          return false;
        }
        open.addAll(sources);
      }
    }
    return true;
  }

  /** One step back: nothing more if it is fed, null if it is not ours. */
  private @Nullable List<Place> sources(Place place) {
    String name = TensorName.nodeOf(place.value());
    if (place.function() == null) {
      NodeDef node = graph.node(name);
      return fed.contains(name) ? List.of() : passedOn(null, node);
    }
    FunctionDef function = graph.functions().get(place.function());
    if (function == null) {
      return null;
    }
    int argument = argument(function, name);
    if (argument >= 0) {
      return atCalls(place.function(), argument);
    }
    for (NodeDef node : function.getNodeDefList()) {
      if (node.getName().equals(name)) {
        return passedOn(place.function(), node);
      }
    }
    return null;
  }

  private static @Nullable List<Place> passedOn(@Nullable String function, @Nullable NodeDef node) {
    return node != null && node.getOp().equals("Identity") && node.getInputCount() > 0
        ? List.of(new Place(function, node.getInput(0)))
        : null;
  }

  private static int argument(FunctionDef function, String name) {
    List<OpDef.ArgDef> arguments = function.getSignature().getInputArgList();
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i).getName().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private @Nullable List<Place> atCalls(String function, int argument) {
    var places = new ArrayList<Place>();
    for (Call call : callsOf(function)) {
      // If and Case take their branch's number first.
      int shift = isBranch(call.node()) ? 1 : 0;
      int input = argument + shift;
      if (input >= call.node().getInputCount()) {
        return null;
      }
      places.add(new Place(call.function(), call.node().getInput(input)));
    }
    return places;
  }

  private static boolean isBranch(NodeDef node) {
    return node.getOp().endsWith("If") || node.getOp().endsWith("Case");
  }

  private List<Call> callsOf(String function) {
    var calls = new ArrayList<Call>();
    graph.nodes().values().stream()
        .filter(node -> graph.calls(node).contains(function))
        .forEach(node -> calls.add(new Call(null, node)));
    graph
        .functions()
        .forEach(
            (caller, body) ->
                body.getNodeDefList().stream()
                    .filter(node -> graph.calls(node).contains(function))
                    .forEach(node -> calls.add(new Call(caller, node))));
    return calls;
  }
}
