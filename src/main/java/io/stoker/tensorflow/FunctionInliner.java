package io.stoker.tensorflow;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Puts functions' bodies in place of their calls, so that the other optimizations see what is in
 * them: SavedModels of TensorFlow 2 are one call of a function that calls others.
 *
 * <p>A call becomes an {@code IdentityN} of the same name over the body's results, which also waits
 * for what the function must do besides; so whoever used the call still may. A call that does not
 * fit the plain pattern stays a call. Not thread-safe; made for one graph.
 */
final class FunctionInliner {
  /** Beyond this the rest stays calls. Real models have some ten thousand. */
  private static final int MAX_NODES = 200_000;

  /** Names grow with each call within a call; a chain of them must not fill the memory. */
  private static final int MAX_NAME_LENGTH = 1_000;

  private static final Set<String> CALLS = Set.of("PartitionedCall", "StatefulPartitionedCall");

  private final ModelGraph graph;
  private final Map<String, NodeDef> nodes;
  private final Map<String, OpDef> operations;

  private FunctionInliner(ModelGraph graph) {
    this.graph = graph;
    this.nodes = new LinkedHashMap<>(graph.nodes());
    this.operations = RegisteredOps.all();
  }

  /** What a body refers to and the inliner does not follow. */
  private static final class Unsupported extends Exception {
    private static final long serialVersionUID = 1;

    Unsupported(String message) {
      super(message);
    }
  }

  /** The graph with its calls replaced, as far as they can be. */
  static ModelGraph inline(ModelGraph graph) {
    boolean calls = graph.nodes().values().stream().anyMatch(node -> CALLS.contains(node.getOp()));
    return calls ? new FunctionInliner(graph).inline() : graph;
  }

  private ModelGraph inline() {
    var open = new ArrayDeque<>(graph.nodes().values());
    while (!open.isEmpty()) {
      NodeDef call = open.remove();
      FunctionDef function = function(call);
      if (function != null && nodes.size() + function.getNodeDefCount() <= MAX_NODES) {
        try {
          List<NodeDef> body = body(call, function);
          body.forEach(node -> nodes.put(node.getName(), node));
          open.addAll(body);
        } catch (Unsupported e) {
          // It stays a call, which is right as well.
        }
      }
    }
    return graph.replaced(nodes.values(), graph.functions().values());
  }

  private @Nullable FunctionDef function(NodeDef call) {
    if (!CALLS.contains(call.getOp())
        || call.getName().length() > MAX_NAME_LENGTH
        || staysCall(call.getAttrMap())
        || !call.getAttrOrDefault("executor_type", AttrValue.getDefaultInstance())
            .getS()
            .isEmpty()) {
      return null;
    }
    FunctionDef function =
        graph
            .functions()
            .get(call.getAttrOrDefault("f", AttrValue.getDefaultInstance()).getFunc().getName());
    return function == null || staysCall(function.getAttrMap()) ? null : function;
  }

  /** Whoever made the function wants it compiled, or left, as a whole. */
  private static boolean staysCall(Map<String, AttrValue> attributes) {
    return List.of("_noinline", "_XlaMustCompile").stream()
        .anyMatch(name -> attributes.containsKey(name) && attributes.get(name).getB());
  }

  /** The nodes that take a call's place, one of them with its name. */
  private List<NodeDef> body(NodeDef call, FunctionDef function) throws Unsupported {
    var values = new ArrayList<String>();
    var waits = new ArrayList<String>();
    call.getInputList().forEach(input -> (TensorName.isControl(input) ? waits : values).add(input));
    var scope = new Scope(call, function, values);
    var body = new ArrayList<NodeDef>();
    for (NodeDef node : function.getNodeDefList()) {
      body.add(scope.moved(node, waits));
    }
    var results = new ArrayList<String>();
    var types = AttrValue.ListValue.newBuilder();
    for (OpDef.ArgDef result : function.getSignature().getOutputArgList()) {
      requireSingle(result);
      results.add(scope.value(function.getRetOrDefault(result.getName(), "")));
      types.addType(result.getType());
    }
    var end =
        Nodes.node(results.isEmpty() ? "NoOp" : "IdentityN", call.getName()).addAllInput(results);
    for (String node : function.getControlRetMap().values()) {
      end.addInput("^" + scope.name(node));
    }
    end.addAllInput(waits);
    if (!results.isEmpty()) {
      end.putAttr("T", AttrValue.newBuilder().setList(types).build());
    }
    body.add(end.build());
    return body;
  }

  private static void requireSingle(OpDef.ArgDef argument) throws Unsupported {
    if (argument.getType() == DataType.DT_INVALID
        || !argument.getNumberAttr().isEmpty()
        || !argument.getTypeListAttr().isEmpty()
        || argument.getIsRef()) {
      throw new Unsupported("argument " + argument.getName() + " is not one value of one type");
    }
  }

  /** How the names within a body read once it is a part of the graph. */
  private final class Scope {
    private final String prefix;
    private final Map<String, String> arguments = new HashMap<>();
    private final Map<String, NodeDef> inner = new HashMap<>();

    Scope(NodeDef call, FunctionDef function, List<String> values) throws Unsupported {
      List<OpDef.ArgDef> declared = function.getSignature().getInputArgList();
      if (declared.size() != values.size()) {
        throw new Unsupported("the call gives another number of arguments");
      }
      for (int i = 0; i < values.size(); i++) {
        requireSingle(declared.get(i));
        arguments.put(declared.get(i).getName(), values.get(i));
      }
      function.getNodeDefList().forEach(node -> inner.put(node.getName(), node));
      this.prefix = unusedPrefix(call.getName(), inner.keySet());
    }

    NodeDef moved(NodeDef node, Collection<String> waits) throws Unsupported {
      var copy = node.toBuilder().setName(prefix + node.getName()).clearInput();
      for (String input : node.getInputList()) {
        copy.addInput(TensorName.isControl(input) ? "^" + name(input.substring(1)) : value(input));
      }
      // All of them, so that none runs where the call would not have run.
      copy.addAllInput(waits);
      for (var attribute : node.getAttrMap().entrySet()) {
        if (!attribute.getValue().getPlaceholder().isEmpty()) {
          throw new Unsupported("the body depends on the call's attributes");
        }
      }
      if (node.getOp().equals("Enter")) {
        // Two loops of one name would be one loop.
        String frame = node.getAttrOrThrow("frame_name").getS().toStringUtf8();
        copy.putAttr("frame_name", Nodes.bytes(ByteString.copyFromUtf8(prefix + frame)));
      }
      return copy.build();
    }

    /** The node that a node or argument of the body became. */
    String name(String inBody) throws Unsupported {
      String argument = arguments.get(inBody);
      if (argument != null) {
        return TensorName.nodeOf(argument);
      }
      if (!inner.containsKey(inBody)) {
        throw new Unsupported("the body has no node " + inBody);
      }
      return prefix + inBody;
    }

    /** The tensor that {@code argument} or {@code node:output:number} became. */
    String value(String inBody) throws Unsupported {
      String argument = arguments.get(inBody);
      if (argument != null) {
        return argument;
      }
      String[] parts = inBody.split(":", -1);
      NodeDef node = inner.get(parts[0]);
      if (parts.length != 3 || node == null || !parts[2].matches("[0-9]{1,6}")) {
        throw new Unsupported("the body has no value " + inBody);
      }
      int index = firstIndex(node, parts[1]) + Integer.parseInt(parts[2]);
      return prefix + parts[0] + (index == 0 ? "" : ":" + index);
    }
  }

  /** The number of a node's first output under an output's name. */
  private int firstIndex(NodeDef node, String output) throws Unsupported {
    FunctionDef function = graph.functions().get(node.getOp());
    OpDef operation = function == null ? operations.get(node.getOp()) : function.getSignature();
    if (operation == null) {
      throw new Unsupported("op " + node.getOp() + " is not known");
    }
    int index = 0;
    for (OpDef.ArgDef argument : operation.getOutputArgList()) {
      if (argument.getName().equals(output)) {
        return index;
      }
      if (!argument.getNumberAttr().isEmpty()) {
        index += Math.toIntExact(attribute(node, operation, argument.getNumberAttr()).getI());
      } else if (!argument.getTypeListAttr().isEmpty()) {
        index += attribute(node, operation, argument.getTypeListAttr()).getList().getTypeCount();
      } else {
        index++;
      }
    }
    throw new Unsupported("op " + node.getOp() + " has no output " + output);
  }

  private static AttrValue attribute(NodeDef node, OpDef operation, String name) {
    for (OpDef.AttrDef attribute : operation.getAttrList()) {
      if (attribute.getName().equals(name)) {
        return node.getAttrOrDefault(name, attribute.getDefaultValue());
      }
    }
    return node.getAttrOrDefault(name, AttrValue.getDefaultInstance());
  }

  private String unusedPrefix(String call, Set<String> names) {
    String prefix = call + "/";
    for (int i = 1; isTaken(prefix, names); i++) {
      prefix = call + "_" + i + "/";
    }
    return prefix;
  }

  private boolean isTaken(String prefix, Set<String> names) {
    return names.stream().anyMatch(name -> nodes.containsKey(prefix + name));
  }
}
