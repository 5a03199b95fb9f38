package io.stoker.tensorflow;

import io.stoker.model.ModelException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorProto;

/**
 * Turns variables into constants, and lets tables fill themselves.
 *
 * <p>A variable's node becomes a constant of the same name. Where its handle went, its value goes
 * now: what read the handle is rewritten to use the value, what passed it on gets its type, and a
 * function that takes it is cloned for that type, without being inlined. Whatever else wants a
 * handle is refused by name.
 *
 * <p>A table stays a table. All that uses it first waits for a node that fills it with constants;
 * filling it again with the same number of entries does nothing, so this may happen in every run.
 *
 * <p>Not thread-safe; made for one graph.
 */
final class Freezer {
  private static final Set<String> VARIABLES = Set.of("VarHandleOp", "VariableV2", "Variable");
  private static final Set<String> TABLES = Set.of("HashTable", "HashTableV2");

  private final ModelGraph graph;
  private final Variables variables;
  private final Map<String, FunctionDef> clones = new LinkedHashMap<>();
  private final Map<CloneKey, String> cloneNames = new HashMap<>();
  private final Set<String> problems = new TreeSet<>();

  /** A function and which of its arguments are values now; null where nothing changed. */
  private record CloneKey(String function, List<@Nullable DataType> types) {}

  private Freezer(ModelGraph graph, Variables variables) {
    this.graph = graph;
    this.variables = variables;
  }

  /** Names of the variables that a graph has. */
  static List<NodeDef> variables(ModelGraph graph) {
    return graph.nodes().values().stream()
        .filter(node -> VARIABLES.contains(node.getOp()))
        .toList();
  }

  /** The tables that a graph has. */
  static List<NodeDef> tables(ModelGraph graph) {
    return graph.nodes().values().stream().filter(node -> TABLES.contains(node.getOp())).toList();
  }

  /**
   * Freezes.
   *
   * @param graph pruned to {@code roots}
   * @param roots nodes whose values are wanted
   * @throws ModelException naming every node that needs a variable itself and not its value
   */
  static ModelGraph freeze(ModelGraph graph, Collection<String> roots, Variables variables)
      throws ModelException {
    return new Freezer(graph, variables).freeze(roots);
  }

  private ModelGraph freeze(Collection<String> roots) throws ModelException {
    var main = new Scope(false);
    var rest = new ArrayList<NodeDef>();
    var frozen = new ArrayList<NodeDef>();
    for (NodeDef node : graph.nodes().values()) {
      if (!VARIABLES.contains(node.getOp())) {
        rest.add(withoutReferences(node));
        continue;
      }
      TensorProto value = variables.values().get(node.getName());
      if (value == null) {
        problems.add("variable " + node.getName() + " has no value");
        continue;
      }
      if (node.getOp().equals("VarHandleOp")) {
        main.types.put(node.getName(), value.getDtype());
      }
      frozen.add(
          node.getInputCount() == 0
              ? Nodes.constant(node.getName(), value)
              : Nodes.constant(node.getName(), value).toBuilder()
                  .addAllInput(node.getInputList())
                  .build());
    }
    frozen.addAll(rewrite(rest, main));
    if (!problems.isEmpty()) {
      throw new ModelException(List.copyOf(problems));
    }
    var functions = new ArrayList<>(graph.functions().values());
    functions.addAll(clones.values());
    return withTables(graph.replaced(frozen, functions)).pruned(roots);
  }

  /**
   * A variable of version 1 is given as a reference, which all ops but these read on their own.
   * References come from variables only, so none is left.
   */
  private static NodeDef withoutReferences(NodeDef node) {
    return switch (node.getOp()) {
      case "RefIdentity", "RefEnter", "RefExit", "RefMerge", "RefNextIteration", "RefSwitch" ->
          node.toBuilder().setOp(node.getOp().substring("Ref".length())).build();
      case "IsVariableInitialized" -> Nodes.bool(node.getName(), true);
      default -> node;
    };
  }

  // ---- variables

  /** How values are named where nodes lie: in the graph, or in a function's body. */
  private static final class Scope {
    private final boolean function;

    /** Values that were handles, and their types. */
    private final Map<String, DataType> types = new HashMap<>();

    /** Values whose name changes as their node's op does; in functions names have the output's. */
    private final Map<String, String> renamed = new HashMap<>();

    Scope(boolean function) {
      this.function = function;
    }

    String output(NodeDef node, String name, int number, int index) {
      if (function) {
        return node.getName() + ":" + name + ":" + number;
      }
      return index == 0 ? node.getName() : node.getName() + ":" + index;
    }

    @Nullable DataType type(String input) {
      return types.get(
          !function && input.endsWith(":0") ? input.substring(0, input.length() - 2) : input);
    }

    /** Types of the inputs that were handles; null for the others. */
    List<@Nullable DataType> inputTypes(NodeDef node) {
      List<@Nullable DataType> all = new ArrayList<>();
      for (String input : node.getInputList()) {
        all.add(type(input));
      }
      return all;
    }
  }

  private List<NodeDef> rewrite(List<NodeDef> nodes, Scope scope) {
    followHandles(nodes, scope);
    var rewritten = new ArrayList<NodeDef>(nodes.size());
    for (NodeDef node : nodes) {
      List<@Nullable DataType> types = scope.inputTypes(node);
      if (types.stream().allMatch(type -> type == null)) {
        if (VARIABLES.contains(node.getOp())) {
          problems.add("variable " + node.getName() + " is made within a function");
        }
        rewritten.add(node);
      } else {
        rewritten.addAll(consumer(node, types, scope));
      }
    }
    if (!scope.renamed.isEmpty()) {
      rewritten.replaceAll(node -> renamed(node, scope));
    }
    return rewritten;
  }

  /** Nodes come in any order, so until nothing new is found. */
  private static void followHandles(List<NodeDef> nodes, Scope scope) {
    boolean found = true;
    while (found) {
      found = false;
      for (NodeDef node : nodes) {
        for (var passed : passedOn(node, scope).entrySet()) {
          found |= scope.types.put(passed.getKey(), passed.getValue()) == null;
        }
      }
    }
  }

  /** Outputs that are a handle which the node took. */
  private static Map<String, DataType> passedOn(NodeDef node, Scope scope) {
    var passed = new HashMap<String, DataType>();
    switch (node.getOp()) {
      case "Identity", "Enter", "Exit" -> {
        DataType type = node.getInputCount() == 0 ? null : scope.type(node.getInput(0));
        if (type != null) {
          passed.put(scope.output(node, "output", 0, 0), type);
        }
      }
      case "Switch" -> {
        DataType type = node.getInputCount() == 0 ? null : scope.type(node.getInput(0));
        if (type != null) {
          passed.put(scope.output(node, "output_false", 0, 0), type);
          passed.put(scope.output(node, "output_true", 0, 1), type);
        }
      }
      case "While", "StatelessWhile" -> {
        for (int i = 0; i < node.getInputCount(); i++) {
          DataType type = scope.type(node.getInput(i));
          if (type != null) {
            passed.put(scope.output(node, "output", i, i), type);
          }
        }
      }
      default -> {}
    }
    return passed;
  }

  /** What becomes of a node that takes at least one former handle. */
  private List<NodeDef> consumer(NodeDef node, List<@Nullable DataType> types, Scope scope) {
    var copy = node.toBuilder();
    DataType first = types.get(0);
    if (first != null) {
      switch (node.getOp()) {
        case "ReadVariableOp" -> {
          scope.renamed.put(node.getName() + ":value:0", node.getName() + ":output:0");
          return List.of(
              copy.setOp("Identity").clearAttr().putAttr("T", Nodes.type(first)).build());
        }
        case "Identity", "Enter", "Exit", "Switch" -> {
          return List.of(copy.putAttr("T", Nodes.type(first)).build());
        }
        case "ResourceGather" -> {
          return gather(node, first, scope);
        }
        case "ResourceGatherNd" -> {
          AttrValue indices = node.getAttrOrThrow("Tindices");
          return List.of(
              copy.setOp("GatherNd")
                  .clearAttr()
                  .putAttr("Tparams", Nodes.type(first))
                  .putAttr("Tindices", indices)
                  .build());
        }
        case "VariableShape" -> {
          AttrValue type = node.getAttrOrDefault("out_type", Nodes.type(DataType.DT_INT32));
          return List.of(
              copy.setOp("Shape")
                  .clearAttr()
                  .putAttr("T", Nodes.type(first))
                  .putAttr("out_type", type)
                  .build());
        }
        case "VarIsInitializedOp" -> {
          scope.renamed.put(node.getName() + ":is_initialized:0", node.getName() + ":output:0");
          return List.of(Nodes.bool(node.getName(), true));
        }
        case "DisableCopyOnRead" -> {
          return List.of(Nodes.node("NoOp", node.getName()).build());
        }
        default -> {}
      }
    }
    switch (node.getOp()) {
      case "PartitionedCall", "StatefulPartitionedCall" ->
          retype(copy, "Tin", 0, types, List.of("f"), false);
      case "While", "StatelessWhile" -> {
        retype(copy, "T", 0, types, List.of("cond", "body"), true);
        copy.removeAttr("output_shapes");
      }
      case "If", "StatelessIf" ->
          retype(copy, "Tin", 1, types, List.of("then_branch", "else_branch"), false);
      case "Case", "StatelessCase" -> retype(copy, "Tin", 1, types, List.of("branches"), false);
      default -> {
        if (graph.functions().containsKey(node.getOp())) {
          copy.setOp(clone(node.getOp(), types, false));
        } else {
          problems.add(
              "the model changes or hands around a variable while it predicts: "
                  + node.getName()
                  + " ("
                  + node.getOp()
                  + "); export it for inference");
        }
      }
    }
    return List.of(copy.build());
  }

  private static List<NodeDef> gather(NodeDef node, DataType type, Scope scope) {
    AttrValue batchDimensions = node.getAttrOrDefault("batch_dims", Nodes.integer(0));
    String axisName = node.getName() + "/stoker_axis";
    NodeDef axis = Nodes.integer(axisName, Math.toIntExact(batchDimensions.getI()));
    var copy =
        node.toBuilder()
            .setOp("GatherV2")
            .clearInput()
            .clearAttr()
            .addInput(node.getInput(0))
            .addInput(node.getInput(1))
            .addInput(scope.output(axis, "output", 0, 0))
            .putAttr("Tparams", Nodes.type(type))
            .putAttr("Tindices", node.getAttrOrThrow("Tindices"))
            .putAttr("Taxis", Nodes.type(DataType.DT_INT32))
            .putAttr("batch_dims", batchDimensions);
    node.getInputList().stream().skip(2).forEach(copy::addInput);
    return List.of(axis, copy.build());
  }

  /** Tells a call its arguments' new types, and lets it call clones made for them. */
  private void retype(
      NodeDef.Builder call,
      String typesAttribute,
      int firstArgument,
      List<@Nullable DataType> inputTypes,
      List<String> functionAttributes,
      boolean loop) {
    var list = call.getAttrOrThrow(typesAttribute).getList().toBuilder();
    List<@Nullable DataType> types = new ArrayList<>();
    for (int i = 0; i < list.getTypeCount(); i++) {
      int input = i + firstArgument;
      DataType type = input < inputTypes.size() ? inputTypes.get(input) : null;
      types.add(type);
      if (type != null) {
        list.setType(i, type);
      }
    }
    call.putAttr(typesAttribute, AttrValue.newBuilder().setList(list).build());
    for (String name : functionAttributes) {
      var attribute = call.getAttrOrThrow(name).toBuilder();
      if (attribute.hasFunc()) {
        var function = attribute.getFunc().toBuilder();
        attribute.setFunc(function.setName(clone(function.getName(), types, loop)));
      } else {
        var branches = AttrValue.ListValue.newBuilder();
        for (NameAttrList branch : attribute.getList().getFuncList()) {
          String clone = clone(branch.getName(), types, loop);
          branches.addFunc(branch.toBuilder().setName(clone));
        }
        attribute.setList(branches);
      }
      call.putAttr(name, attribute.build());
    }
  }

  /** The name of a function that takes values where the given one takes handles. */
  private String clone(String name, List<@Nullable DataType> types, boolean loop) {
    var key = new CloneKey(name, types);
    String known = cloneNames.get(key);
    if (known != null) {
      return known;
    }
    String cloneName = name + "__stoker_frozen_" + cloneNames.size();
    cloneNames.put(key, cloneName);
    FunctionDef function = graph.functions().get(name);
    if (function == null || function.getSignature().getInputArgCount() < types.size()) {
      problems.add("function " + name + " is missing or takes fewer arguments than it is given");
      return cloneName;
    }
    var copy = function.toBuilder();
    OpDef.Builder signature = copy.getSignatureBuilder().setName(cloneName);
    var scope = new Scope(true);
    for (int i = 0; i < types.size(); i++) {
      DataType type = types.get(i);
      if (type != null) {
        OpDef.ArgDef.Builder argument = signature.getInputArgBuilder(i);
        argument.setType(type).clearHandleData();
        scope.types.put(argument.getName(), type);
        copy.removeArgAttr(i);
        copy.removeResourceArgUniqueId(i);
      }
    }
    copy.clearNodeDef().addAllNodeDef(rewrite(function.getNodeDefList(), scope));
    function
        .getRetMap()
        .forEach(
            (result, value) -> {
              copy.putRet(result, scope.renamed.getOrDefault(value, value));
              retypeResult(name, signature, result, scope.type(value), loop);
            });
    // They name functions for training, which were pruned.
    function.getAttrMap().keySet().stream()
        .filter(
            attribute ->
                attribute.contains("forward_function") || attribute.contains("backward_function"))
        .forEach(copy::removeAttr);
    clones.put(cloneName, copy.build());
    return cloneName;
  }

  private void retypeResult(
      String function,
      OpDef.Builder signature,
      String result,
      @Nullable DataType type,
      boolean loop) {
    if (type == null) {
      return;
    }
    if (!loop) {
      problems.add("function " + function + " gives back a variable itself instead of its value");
    }
    for (OpDef.ArgDef.Builder output : signature.getOutputArgBuilderList()) {
      if (output.getName().equals(result)) {
        output.setType(type).clearHandleData();
      }
    }
  }

  private static NodeDef renamed(NodeDef node, Scope scope) {
    NodeDef.Builder copy = null;
    for (int i = 0; i < node.getInputCount(); i++) {
      String newName = scope.function ? scope.renamed.get(node.getInput(i)) : null;
      if (newName != null) {
        copy = copy == null ? node.toBuilder() : copy;
        copy.setInput(i, newName);
      }
    }
    return copy == null ? node : copy.build();
  }

  // ---- tables

  private ModelGraph withTables(ModelGraph frozen) {
    if (variables.tables().isEmpty()) {
      return frozen;
    }
    var fillers = new HashMap<String, String>();
    var added = new ArrayList<NodeDef>();
    String prefix = frozen.unusedPrefix("stoker_tables");
    for (NodeDef table : tables(frozen)) {
      Variables.Table entries = variables.tables().get(table.getName());
      if (entries == null) {
        continue;
      }
      String name = prefix + fillers.size();
      fillers.put(table.getName(), name);
      boolean reference = table.getOp().equals("HashTable");
      added.add(Nodes.constant(name + "/keys", entries.keys()));
      added.add(Nodes.constant(name + "/values", entries.values()));
      added.add(
          Nodes.node(
                  reference ? "InitializeTable" : "InitializeTableV2",
                  name,
                  table.getName(),
                  name + "/keys",
                  name + "/values")
              .putAttr("Tkey", Nodes.type(entries.keys().getDtype()))
              .putAttr("Tval", Nodes.type(entries.values().getDtype()))
              .build());
    }
    var waiting = new ArrayList<NodeDef>();
    for (NodeDef node : frozen.nodes().values()) {
      var copy = node.toBuilder();
      node.getInputList().stream()
          .map(TensorName::nodeOf)
          .distinct()
          .map(fillers::get)
          .filter(filler -> filler != null)
          .forEach(filler -> copy.addInput("^" + filler));
      waiting.add(copy.build());
    }
    return frozen.with(waiting).with(added);
  }
}
