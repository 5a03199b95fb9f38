package io.stoker.tensorflow;

import io.stoker.model.InputLayout;
import io.stoker.model.ModelException;
import io.stoker.model.ModelFacts;
import io.stoker.model.ModelFile;
import io.stoker.model.ModelRequest;
import io.stoker.model.ResolvedModel;
import io.stoker.model.TensorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;

/** Says what a model is, without running it. Stateless and thread-safe. */
public final class ModelInspector {
  private ModelInspector() {}

  /** What the file itself says of where it comes from. */
  private record Origin(String format, String version, List<String> signatures) {}

  /** What {@code predict} would make of it. */
  private record Use(@Nullable ResolvedModel model, List<String> problems) {}

  /**
   * Reads, checks and freezes a model as {@code predict} does, and says what came of it.
   *
   * @param scratch an existing folder that may be written to while this runs
   * @throws ModelException if the model is refused, with all reasons that can be told at once
   */
  public static ModelFacts inspect(ModelFile file, ModelRequest request, Path scratch)
      throws ModelException {
    try {
      LoadedModel model = ModelLoader.load(file, request, scratch, 0);
      return facts(file, request, model, needsTrust(file, request, scratch));
    } catch (TensorFlowException e) {
      throw ModelLoader.located(
          file, new ModelException("TensorFlow refuses the graph: " + e.getMessage(), e));
    } catch (ModelException e) {
      throw ModelLoader.located(file, e);
    }
  }

  private static boolean needsTrust(ModelFile file, ModelRequest request, Path scratch) {
    if (!request.trusted()) {
      return false;
    }
    var untrusted =
        new ModelRequest(
            request.signature(), request.input(), request.fetches(), request.feeds(), false);
    try {
      ModelLoader.load(file, untrusted, scratch, 0);
      return false;
    } catch (ModelException e) {
      return true;
    }
  }

  private static ModelFacts facts(
      ModelFile file, ModelRequest request, LoadedModel model, boolean needsTrust)
      throws ModelException, TensorFlowException {
    Origin origin = origin(file);
    String sha256 = ModelLoader.sha256(file.entries());
    Use use = use(model, request, sha256);
    List<TensorSpec> inputs;
    List<TensorSpec> outputs;
    try (var shapes = NativeGraph.of(model.graph().toProto().toByteArray())) {
      inputs = InputChoice.inputs(model, shapes);
      outputs = new ArrayList<>();
      for (NamedTensor fetch : model.fetches()) {
        outputs.add(shapes.spec(fetch.name(), fetch.tensor().toString()));
      }
    }
    var roots = new HashSet<>(LoadedModel.nodes(model.fetches()));
    inputs.forEach(input -> roots.add(TensorName.parse(input.tensor()).node()));
    GraphOptimizer.Optimized optimized = GraphOptimizer.optimize(model.graph(), roots, 0);
    TensorSpec image = use.model() == null ? null : use.model().input();
    InputLayout layout = image == null ? null : InputLayout.of(image);
    Long flops;
    try (var shapes = NativeGraph.of(optimized.graph().toProto().toByteArray())) {
      flops = GraphCost.flops(optimized.graph(), shapes, layout == null ? 0 : layout.fixedBatch());
    }
    return new ModelFacts(
        origin.format(),
        origin.version(),
        sha256,
        file.entries().values().stream().mapToLong(entry -> entry.length).sum(),
        model.signature(),
        origin.signatures(),
        List.copyOf(inputs),
        List.copyOf(outputs),
        GraphCost.parameters(model.graph()),
        flops,
        ops(model.graph()),
        optimized.report(),
        needsTrust,
        image,
        layout,
        use.problems());
  }

  private static Use use(LoadedModel model, ModelRequest request, String sha256) {
    try {
      return new Use(InputChoice.resolve(model, request, sha256), List.of());
    } catch (ModelException e) {
      return new Use(null, e.problems());
    }
  }

  private static Origin origin(ModelFile file) throws ModelException {
    if (ModelParser.parse(file) instanceof ModelContent.Saved saved) {
      MetaGraphDef graph = Signatures.graphForServing(saved.model());
      String version = graph.getMetaInfoDef().getTensorflowVersion();
      return new Origin(
          "SavedModel",
          version.isEmpty() ? producer(graph.getGraphDef()) : "TensorFlow " + version,
          List.copyOf(new TreeMap<>(Signatures.of(graph)).keySet()));
    }
    ModelContent content = ModelParser.parse(file);
    return new Origin("GraphDef", producer(((ModelContent.Graph) content).graph()), List.of());
  }

  private static String producer(GraphDef graph) {
    return "GraphDef version " + graph.getVersions().getProducer();
  }

  private static Map<String, Integer> ops(ModelGraph graph) {
    var counts = new TreeMap<String, Integer>();
    Stream.concat(
            graph.nodes().values().stream(),
            graph.functions().values().stream()
                .flatMap(function -> function.getNodeDefList().stream()))
        .map(NodeDef::getOp)
        .forEach(op -> counts.merge(op, 1, Integer::sum));
    var sorted = new LinkedHashMap<String, Integer>();
    counts.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }
}
