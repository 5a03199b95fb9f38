package io.stoker.tensorflow;

import io.stoker.model.ModelException;
import io.stoker.model.ModelFile;
import io.stoker.model.ModelRequest;
import io.stoker.model.ResolvedModel;
import io.stoker.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;

/**
 * Turns a model's bytes into a graph that is safe to hand to TensorFlow: recognised, parsed, pruned
 * to what is fetched, checked, frozen; and once its input is chosen, optimized.
 *
 * <p>Models come from strangers, and native code answers some of them by ending the process. So all
 * that can be told in Java is told before the first native call, and ops that touch anything beyond
 * their inputs are refused unless the request says that the model is trusted.
 *
 * <p>Stateless and thread-safe.
 */
public final class ModelLoader {
  private ModelLoader() {}

  /**
   * Makes a model ready for its head and tail.
   *
   * @param scratch an existing folder that may be written to while this runs; stays the caller's,
   *     who deletes it. TensorFlow reads variables from files only
   * @throws ModelException if the file is no model, the request does not fit it, or something in it
   *     is refused. Names the file and says what to do; lists all problems that can be told at once
   */
  public static ResolvedModel resolve(ModelFile file, ModelRequest request, Path scratch)
      throws ModelException {
    return resolve(file, request, scratch, 0);
  }

  /**
   * The same where the process has its own opinion on threads: restoring variables can be its first
   * session, which sizes TensorFlow's pool for all later ones.
   *
   * @param intraOpThreads CPU threads that one op may spread over, 0 for as many as there are cores
   */
  public static ResolvedModel resolve(
      ModelFile file, ModelRequest request, Path scratch, int intraOpThreads)
      throws ModelException {
    try {
      LoadedModel model = load(file, request, scratch, intraOpThreads);
      ResolvedModel resolved = InputChoice.resolve(model, request, sha256(file.entries()));
      return GraphOptimizer.optimize(resolved, intraOpThreads);
    } catch (ModelException e) {
      throw located(file, e);
    }
  }

  /**
   * The same without choosing an input, so for models that take no images as well.
   *
   * @throws ModelException as {@link #resolve} does, without the file's name
   */
  static LoadedModel load(ModelFile file, ModelRequest request, Path scratch, int intraOpThreads)
      throws ModelException {
    ModelContent content = ModelParser.parse(file);
    if (content instanceof ModelContent.Graph graph) {
      return loadGraph(graph.graph(), request);
    }
    return loadSaved(
        ((ModelContent.Saved) content).model(), file.entries(), request, scratch, intraOpThreads);
  }

  // ---- a frozen graph

  private static LoadedModel loadGraph(GraphDef definition, ModelRequest request)
      throws ModelException {
    if (request.signature() != null) {
      throw new ModelException(
          "a frozen graph has no signatures: leave --signature out and name tensors with --input and"
              + " --fetch");
    }
    ModelGraph graph = ModelGraph.of(definition);
    List<NamedTensor> fetches = fetches(request, List.of(), graph);
    ModelGraph pruned = graph.pruned(LoadedModel.nodes(fetches));
    check(pruned, OpPolicy.Use.PREDICT, request.trusted());
    checkNoTables(pruned);
    return new LoadedModel(pruned, null, Map.of(), fetches);
  }

  private static void checkNoTables(ModelGraph graph) throws ModelException {
    List<String> tables =
        Freezer.tables(graph).stream()
            .filter(table -> !isFilled(graph, table.getName()))
            .map(table -> table.getName())
            .toList();
    if (!tables.isEmpty()) {
      throw new ModelException(
          "lookup tables that nothing fills: "
              + Names.some(tables)
              + "; a frozen graph does not hold their entries, give the SavedModel's folder");
    }
  }

  private static boolean isFilled(ModelGraph graph, String table) {
    return graph.nodes().values().stream()
        .anyMatch(
            node ->
                node.getOp().startsWith("InitializeTable")
                    && node.getInputCount() > 0
                    && TensorName.nodeOf(node.getInput(0)).equals(table));
  }

  // ---- a SavedModel

  private static LoadedModel loadSaved(
      SavedModel model,
      Map<String, byte[]> entries,
      ModelRequest request,
      Path scratch,
      int intraOpThreads)
      throws ModelException {
    MetaGraphDef meta = Signatures.graphForServing(model);
    String signature = Signatures.choose(meta, request.signature());
    SignatureDef definition =
        signature == null
            ? SignatureDef.getDefaultInstance()
            : meta.getSignatureDefOrThrow(signature);
    if (signature == null && request.fetches().isEmpty()) {
      throw new ModelException(
          "the SavedModel has no signature, so nothing says what goes in and what comes out; name"
              + " tensors with --input and --fetch, or export it with a signature");
    }
    ModelGraph graph = ModelGraph.of(meta.getGraphDef());
    List<NamedTensor> outputs = Signatures.tensors(definition.getOutputsMap());
    checkNamesExist(signature, outputs, graph);
    checkNamesExist(signature, Signatures.tensors(definition.getInputsMap()), graph);
    List<NamedTensor> fetches = fetches(request, outputs, graph);
    ModelGraph needed = graph.pruned(LoadedModel.nodes(fetches));
    check(needed, OpPolicy.Use.PREDICT_UNFROZEN, request.trusted());
    Variables variables =
        VariableLoader.load(
            meta, graph, needed, entries, request.trusted(), scratch, intraOpThreads);
    ModelGraph frozen = Freezer.freeze(needed, LoadedModel.nodes(fetches), variables);
    check(frozen, OpPolicy.Use.PREDICT, request.trusted());
    var inputs = new TreeMap<String, TensorSpec>();
    definition.getInputsMap().forEach((key, info) -> inputs.put(key, Signatures.spec(key, info)));
    return new LoadedModel(frozen, signature, inputs, fetches);
  }

  private static void checkNamesExist(
      @Nullable String signature, List<NamedTensor> tensors, ModelGraph graph)
      throws ModelException {
    var problems = new ArrayList<String>();
    for (NamedTensor tensor : tensors) {
      if (graph.node(tensor.tensor().node()) == null) {
        problems.add(
            "signature "
                + signature
                + " says that "
                + tensor.name()
                + " is tensor "
                + tensor.tensor()
                + ", which the graph does not have");
      }
    }
    throwIfAny(problems);
  }

  // ---- both

  private static List<NamedTensor> fetches(
      ModelRequest request, List<NamedTensor> outputs, ModelGraph graph) throws ModelException {
    if (!request.fetches().isEmpty()) {
      return named(request, outputs, graph);
    }
    if (!outputs.isEmpty()) {
      return outputs;
    }
    List<NamedTensor> ends = Fetches.unused(graph);
    if (ends.size() == 1) {
      return ends;
    }
    // Told first: a graph that was saved for training has many ends, and no choice would help.
    var problems =
        new ArrayList<>(
            OpPolicy.problems(
                graph.pruned(ends.isEmpty() ? graph.nodes().keySet() : LoadedModel.nodes(ends)),
                OpPolicy.Use.PREDICT));
    problems.add(
        ends.isEmpty()
            ? "no tensor looks like an output, as each is used by another; name one with --fetch"
            : "several tensors could be the output; choose with --fetch: " + describe(ends, graph));
    throw ModelException.choose(problems, eachOf(ends, request));
  }

  private static List<NamedTensor> named(
      ModelRequest request, List<NamedTensor> outputs, ModelGraph graph) throws ModelException {
    var problems = new ArrayList<String>();
    List<NamedTensor> found = Fetches.named(request.fetches(), outputs, graph, problems);
    if (problems.isEmpty()) {
      return found;
    }
    List<NamedTensor> meant = outputs.isEmpty() ? Fetches.unused(graph) : outputs;
    throw ModelException.choose(
        problems,
        found.isEmpty()
            ? eachOf(meant, request)
            : List.of(request.withFetches(found.stream().map(NamedTensor::name).toList())));
  }

  private static List<ModelRequest> eachOf(List<NamedTensor> tensors, ModelRequest request) {
    return tensors.stream().map(tensor -> request.withFetches(List.of(tensor.name()))).toList();
  }

  /** With shapes where the graph can be imported; else names alone must do. */
  private static String describe(List<NamedTensor> tensors, ModelGraph graph) {
    ModelGraph pruned = graph.pruned(LoadedModel.nodes(tensors));
    if (GraphChecks.problems(pruned).isEmpty()
        && OpPolicy.problems(pruned, OpPolicy.Use.PREDICT).isEmpty()) {
      try (var nativeGraph = NativeGraph.of(pruned.toProto().toByteArray())) {
        var described = new ArrayList<String>();
        for (NamedTensor tensor : tensors) {
          TensorSpec spec = nativeGraph.spec(tensor.name(), tensor.tensor().toString());
          described.add(spec.name() + " " + spec.describe());
        }
        return Names.some(described);
      } catch (TensorFlowException e) {
        // What is wrong with it will be said once a fetch is chosen.
      }
    }
    return Names.some(tensors.stream().map(NamedTensor::name).toList());
  }

  static void check(ModelGraph graph, OpPolicy.Use use, boolean trusted) throws ModelException {
    var problems = new ArrayList<>(GraphChecks.problems(graph));
    if (trusted) {
      problems.addAll(OpPolicy.stateProblems(graph, use));
    } else {
      problems.addAll(OpPolicy.problems(graph, use));
    }
    throwIfAny(problems);
  }

  private static void throwIfAny(Collection<String> problems) throws ModelException {
    if (!problems.isEmpty()) {
      throw new ModelException(List.copyOf(problems));
    }
  }

  static ModelException located(ModelFile file, ModelException e) {
    return e.reworded(
        e.problems().stream().map(problem -> file.location() + ": " + problem).toList());
  }

  /** Of a single file as {@code sha256sum} has it; of a folder over paths, sizes and contents. */
  static String sha256(Map<String, byte[]> entries) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new TreeMap<>(entries)
          .forEach(
              (path, bytes) -> {
                if (!path.isEmpty()) {
                  digest.update(path.getBytes(StandardCharsets.UTF_8));
                  digest.update(ByteBuffer.allocate(9).putLong(1, bytes.length).array());
                }
                digest.update(bytes);
              });
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
