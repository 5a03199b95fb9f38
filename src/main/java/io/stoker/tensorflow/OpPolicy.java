package io.stoker.tensorflow;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorflow.proto.NodeDef;

/**
 * Which ops a model may use. A list of what is allowed, not of what is forbidden: an op that nobody
 * thought of, or that a later TensorFlow adds, is refused until someone has looked at it. The list
 * is {@code allowed-ops.txt}; its head says how it is made.
 */
final class OpPolicy {
  private static final Set<String> PURE = readList();

  /** Read variables, which freezing turns into constants. */
  private static final Set<String> READS_VARIABLES =
      Set.of(
          "VarHandleOp",
          "VariableV2",
          "Variable",
          "ReadVariableOp",
          "ResourceGather",
          "ResourceGatherNd",
          "VariableShape",
          "VarIsInitializedOp",
          "IsVariableInitialized",
          "DisableCopyOnRead",
          "RefEnter",
          "RefExit",
          "RefIdentity",
          "RefMerge",
          "RefNextIteration",
          "RefSwitch");

  /**
   * Fill variables and tables. The ones that read files take their path from us: {@link
   * FileOrigins}.
   */
  private static final Set<String> INITIALIZES =
      Set.of(
          "Assign",
          "AssignVariableOp",
          "InitializeTable",
          "InitializeTableV2",
          "InitializeTableFromTextFile",
          "InitializeTableFromTextFileV2",
          "LookupTableImport",
          "LookupTableImportV2",
          "RestoreV2",
          "Restore",
          "RestoreSlice",
          "VarHandleOp",
          "VariableV2",
          "Variable",
          "ReadVariableOp",
          "VarIsInitializedOp",
          "IsVariableInitialized",
          "DisableCopyOnRead");

  /** Change variables. Seen while predicting, they say that the model was saved for training. */
  private static final Set<String> CHANGES_VARIABLES =
      Set.of(
          "Assign",
          "AssignAdd",
          "AssignSub",
          "AssignVariableOp",
          "AssignAddVariableOp",
          "AssignSubVariableOp",
          "ScatterAdd",
          "ScatterSub",
          "ScatterMul",
          "ScatterDiv",
          "ScatterMin",
          "ScatterMax",
          "ScatterUpdate",
          "CountUpTo");

  private static final Pattern MUTABLE_TABLE = Pattern.compile("(Anonymous)?Mutable.*HashTable.*");

  /** Why a graph's ops are looked at. */
  enum Use {
    /** It computes predictions and is frozen. */
    PREDICT(op -> false),
    /** It computes predictions and still has variables. */
    PREDICT_UNFROZEN(READS_VARIABLES::contains),
    /** It fills variables and tables, once, on loading. */
    INITIALIZE(INITIALIZES::contains);

    private final Predicate<String> alsoAllowed;

    Use(Predicate<String> alsoAllowed) {
      this.alsoAllowed = alsoAllowed;
    }

    boolean allows(String op) {
      return PURE.contains(op) || alsoAllowed.test(op);
    }
  }

  private OpPolicy() {}

  /** Whether an op is on the list. */
  static boolean isPure(String op) {
    return PURE.contains(op);
  }

  /**
   * What is refused of a graph even if it is trusted: state that would be lost on the way into a
   * session of ours, so that predictions would be wrong.
   */
  static List<String> stateProblems(ModelGraph graph, Use use) {
    var refused = refused(graph, use);
    var problems = new ArrayList<String>();
    if (use != Use.INITIALIZE) {
      addVariableProblems(refused, problems);
    }
    String tables = list(refused, op -> MUTABLE_TABLE.matcher(op).matches());
    if (!tables.isEmpty()) {
      problems.add("tables that can change cannot be frozen: " + tables);
    }
    return problems;
  }

  /** What is refused of a pruned graph, ops by name; empty if nothing is. */
  static List<String> problems(ModelGraph graph, Use use) {
    var refused = refused(graph, use);
    if (refused.isEmpty()) {
      return List.of();
    }
    var problems = new ArrayList<String>();
    if (use != Use.INITIALIZE) {
      addVariableProblems(refused, problems);
    }
    if (refused.isEmpty()) {
      return problems;
    }
    Set<String> registered = RegisteredOps.all().keySet();
    String unknown = list(refused, op -> !registered.contains(op));
    if (!unknown.isEmpty()) {
      problems.add(
          "TensorFlow 2.18 does not know these ops: "
              + unknown
              + "; models with custom op libraries are not supported");
    }
    String forbidden = list(refused, registered::contains);
    if (!forbidden.isEmpty()) {
      String when = use == Use.INITIALIZE ? "on loading, the model runs" : "the model uses";
      problems.add(
          when
              + " ops that can touch files, network, processes, Python or another run's state: "
              + forbidden
              + ". Export it without them, or pass --trust-model if you trust where it comes from");
    }
    return problems;
  }

  private static Map<String, Set<String>> refused(ModelGraph graph, Use use) {
    var refused = new TreeMap<String, Set<String>>();
    collect(graph, graph.nodes().values(), "", use, refused);
    graph
        .functions()
        .forEach(
            (name, function) ->
                collect(graph, function.getNodeDefList(), " in function " + name, use, refused));
    return refused;
  }

  private static void addVariableProblems(Map<String, Set<String>> refused, List<String> problems) {
    String reads = list(refused, READS_VARIABLES::contains);
    String changes = list(refused, CHANGES_VARIABLES::contains);
    if (!reads.isEmpty()) {
      problems.add(
          "the graph is not frozen: it has variables, whose values are not in this file: "
              + reads
              + ". Give the SavedModel's folder, or freeze the graph first"
              + " (convert_variables_to_constants)");
    }
    if (!changes.isEmpty()) {
      problems.add(
          "the model changes variables while it predicts: "
              + changes
              + ". Export it for inference, or freeze it properly");
    }
    refused.keySet().removeAll(READS_VARIABLES);
    refused.keySet().removeAll(CHANGES_VARIABLES);
  }

  private static void collect(
      ModelGraph graph,
      Collection<NodeDef> nodes,
      String where,
      Use use,
      Map<String, Set<String>> refused) {
    for (NodeDef node : nodes) {
      String op = node.getOp();
      if (!use.allows(op) && !graph.functions().containsKey(op)) {
        refused.computeIfAbsent(op, name -> new TreeSet<>()).add(node.getName() + where);
      }
    }
  }

  private static String list(Map<String, Set<String>> nodesByOp, Predicate<String> which) {
    return nodesByOp.entrySet().stream()
        .filter(entry -> which.test(entry.getKey()))
        .map(entry -> entry.getKey() + " (" + Names.some(entry.getValue()) + ")")
        .collect(Collectors.joining(", "));
  }

  private static Set<String> readList() {
    try (InputStream in = OpPolicy.class.getResourceAsStream("allowed-ops.txt")) {
      if (in == null) {
        throw new IllegalStateException("allowed-ops.txt is missing from Stoker's jar");
      }
      Stream<String> lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines();
      return lines
          .filter(line -> !line.startsWith("#") && !line.isBlank())
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
