package io.stoker.tensorflow;

import io.stoker.model.DataType;
import io.stoker.model.InputLayout;
import io.stoker.model.ModelException;
import io.stoker.model.ModelOptimization;
import io.stoker.model.ModelRequest;
import io.stoker.model.ResolvedModel;
import io.stoker.model.TensorSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Chooses where images go in, and fills in every other input. Not thread-safe; made for one model.
 */
final class InputChoice {
  private final LoadedModel model;
  private final ModelRequest request;
  private final List<String> problems = new ArrayList<>();

  /** The placeholder that takes the images. */
  private record Images(String node, DataType type) {}

  private InputChoice(LoadedModel model, ModelRequest request) {
    this.model = model;
    this.request = request;
  }

  /**
   * Chooses.
   *
   * @param sha256 of the model's bytes
   * @throws ModelException listing every input that is missing, ambiguous or wrong
   */
  static ResolvedModel resolve(LoadedModel model, ModelRequest request, String sha256)
      throws ModelException {
    return new InputChoice(model, request).resolve(sha256);
  }

  private ResolvedModel resolve(String sha256) throws ModelException {
    ModelGraph graph = model.graph();
    List<TensorSpec> inputs;
    TensorSpec image;
    try (var shapes = NativeGraph.of(graph.toProto().toByteArray())) {
      checkFetches(shapes);
      problems.addAll(TensorSizes.problems(graph, shapes));
      inputs = inputs(model, shapes);
      image = image(inputs, shapes);
    } catch (TensorFlowException e) {
      throw new ModelException("TensorFlow refuses the graph: " + e.getMessage(), e);
    }
    if (image != null) {
      try {
        InputLayout.of(image);
      } catch (ModelException e) {
        problems.addAll(e.problems());
      }
    }
    if (image == null) {
      throw ModelException.choose(
          problems,
          images(inputs).stream().map(choice -> request.withInput(choice.name())).toList());
    }
    String placeholder = placeholderName(graph, image);
    ModelGraph fed = fill(cut(graph, image, placeholder), inputs, image, placeholder);
    if (!problems.isEmpty()) {
      throw ModelException.beside(problems, rest(fed, image, placeholder, sha256));
    }
    return resolved(fed, image, placeholder, sha256);
  }

  private @Nullable ResolvedModel rest(
      ModelGraph graph, TensorSpec image, String placeholder, String sha256) {
    try {
      ResolvedModel rest = resolved(graph, image, placeholder, sha256);
      InputLayout.of(rest.input());
      return rest;
    } catch (ModelException e) {
      return null; // it follows from what is wrong already
    }
  }

  private ResolvedModel resolved(
      ModelGraph graph, TensorSpec image, String placeholder, String sha256) throws ModelException {
    TensorName cutAt = TensorName.parse(image.tensor());
    var nodes = new ArrayList<>(LoadedModel.nodes(model.fetches()));
    nodes.add(placeholder); // also where no fetch needs it, so that there is something to splice
    byte[] bytes = graph.pruned(nodes).toProto().toByteArray();
    try (var shapes = NativeGraph.of(bytes)) {
      var fetches = new ArrayList<TensorSpec>();
      for (NamedTensor fetch : model.fetches()) {
        String tensor =
            fetch.tensor().equals(cutAt) ? placeholder + ":0" : fetch.tensor().toString();
        fetches.add(shapes.spec(fetch.name(), tensor));
      }
      TensorSpec input = shapes.spec(image.name(), placeholder + ":0");
      return new ResolvedModel(
          bytes,
          sha256,
          model.signature(),
          input,
          List.copyOf(fetches),
          ModelOptimization.none(graph.nodes().size()));
    } catch (TensorFlowException e) {
      throw new ModelException(
          "TensorFlow refuses the graph with its inputs filled in: " + e.getMessage(), e);
    }
  }

  private void checkFetches(NativeGraph shapes) {
    for (NamedTensor fetch : model.fetches()) {
      try {
        shapes.type(fetch.tensor().toString());
      } catch (TensorFlowException e) {
        problems.add("--fetch " + fetch.name() + ": " + e.getMessage());
      }
    }
  }

  // ---- what can be fed

  /** The signature's inputs and all placeholders, as far as the fetches need them. */
  static List<TensorSpec> inputs(LoadedModel model, NativeGraph shapes) throws TensorFlowException {
    var inputs = new ArrayList<TensorSpec>();
    var nodes = new TreeSet<String>();
    for (TensorSpec declared : model.signatureInputs().values()) {
      TensorName tensor = TensorName.parse(declared.tensor());
      if (model.graph().node(tensor.node()) != null) {
        TensorSpec known = shapes.spec(declared.name(), tensor.toString());
        inputs.add(known.shape() == null ? withShape(known, declared.shape()) : known);
        nodes.add(tensor.node());
      }
    }
    for (NodeDef node : model.graph().nodes().values()) {
      if (Fetches.isPlaceholder(node) && !nodes.contains(node.getName())) {
        inputs.add(shapes.spec(node.getName(), node.getName() + ":0"));
      }
    }
    return inputs;
  }

  private static TensorSpec withShape(TensorSpec spec, @Nullable List<Long> shape) {
    return new TensorSpec(spec.name(), spec.tensor(), spec.type(), shape);
  }

  private static @Nullable TensorSpec find(String name, List<TensorSpec> inputs) {
    for (TensorSpec input : inputs) {
      if (input.name().equals(name)
          || TensorName.parse(input.tensor()).equals(TensorName.parse(name))) {
        return input;
      }
    }
    return null;
  }

  private static String describe(Collection<TensorSpec> inputs) {
    return inputs.stream()
        .map(input -> input.name() + " " + input.describe())
        .collect(Collectors.joining(", "));
  }

  // ---- the image

  private @Nullable TensorSpec image(List<TensorSpec> inputs, NativeGraph shapes)
      throws TensorFlowException {
    String wanted = request.input();
    if (wanted != null) {
      return wantedImage(wanted, inputs, shapes);
    }
    if (inputs.isEmpty()) {
      problems.add(
          "there is nothing to feed an image to: the outputs depend on no placeholder. Choose other"
              + " outputs with --fetch, or name a tensor to replace with --input");
      return null;
    }
    List<TensorSpec> images = images(inputs.stream().filter(input -> !isFed(input)).toList());
    if (images.isEmpty()) {
      images = images(inputs); // so that the feed of the only one is what will be refused
    }
    if (images.size() == 1) {
      return images.get(0);
    }
    problems.add(
        images.isEmpty()
            ? "there is nothing to feed an image to: no input is [batch, height, width, channels] of"
                + " numbers; there are "
                + describe(inputs)
                + ". If one of them is, or another tensor can be replaced, name it with --input"
            : "several inputs could take the image; choose with --input: " + describe(images));
    return null;
  }

  /** Those of four dimensions; if there are none, those that may have four. */
  private static List<TensorSpec> images(List<TensorSpec> inputs) {
    List<TensorSpec> certain = inputs.stream().filter(InputChoice::hasRankFour).toList();
    return certain.isEmpty()
        ? inputs.stream()
            .filter(input -> InputLayout.couldBeImage(input.type(), input.shape()))
            .toList()
        : certain;
  }

  private boolean isFed(TensorSpec input) {
    return request.feeds().keySet().stream()
        .anyMatch(name -> input.equals(find(name, List.of(input))));
  }

  private static boolean hasRankFour(TensorSpec input) {
    return input.shape() != null && InputLayout.couldBeImage(input.type(), input.shape());
  }

  private @Nullable TensorSpec wantedImage(
      String wanted, List<TensorSpec> inputs, NativeGraph shapes) throws TensorFlowException {
    TensorSpec known = find(wanted, inputs);
    if (known != null) {
      return known;
    }
    TensorName tensor = TensorName.parse(wanted);
    if (model.graph().node(tensor.node()) != null) {
      return shapes.spec(tensor.shortName(), tensor.toString());
    }
    List<NamedTensor> keyed =
        inputs.stream()
            .map(input -> new NamedTensor(input.name(), TensorName.parse(input.tensor())))
            .toList();
    problems.add(
        Fetches.unknown("input", wanted, keyed, List.of())
            + (inputs.isEmpty() ? "" : " (inputs: " + describe(inputs) + ")"));
    return null;
  }

  private static String placeholderName(ModelGraph graph, TensorSpec image) {
    TensorName tensor = TensorName.parse(image.tensor());
    NodeDef node = graph.node(tensor.node());
    boolean own = node != null && Fetches.isPlaceholder(node);
    return own ? tensor.node() : graph.unusedPrefix("stoker_input") + "image";
  }

  /** Puts a placeholder where images go in; what was needed for the replaced value falls away. */
  private ModelGraph cut(ModelGraph graph, TensorSpec image, String placeholder) {
    TensorName at = TensorName.parse(image.tensor());
    ModelGraph rewired = placeholder.equals(at.node()) ? graph : graph.rewired(at, placeholder);
    var type = Nodes.proto(image.type());
    NodeDef node = Nodes.placeholder(placeholder, type, shape(image.shape()));
    var roots = new ArrayList<String>();
    roots.add(placeholder);
    for (NamedTensor fetch : model.fetches()) {
      roots.add(fetch.tensor().equals(at) ? placeholder : fetch.tensor().node());
    }
    return rewired.with(List.of(node)).pruned(roots);
  }

  private static TensorShapeProto shape(@Nullable List<Long> sizes) {
    return sizes == null
        ? Nodes.unknownShape()
        : Nodes.shape(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  // ---- the other inputs

  private ModelGraph fill(
      ModelGraph graph, List<TensorSpec> inputs, TensorSpec image, String placeholder) {
    var values = new LinkedHashMap<TensorSpec, String>();
    for (var feed : request.feeds().entrySet()) {
      TensorSpec input = find(feed.getKey(), inputs);
      if (input == null) {
        problems.add(unknownFeed(feed.getKey(), inputs));
      } else if (input.tensor().equals(image.tensor())) {
        problems.add("input " + input.name() + " takes the image; it cannot have a --feed as well");
      } else {
        values.put(input, feed.getValue());
      }
    }
    var added = new ArrayList<NodeDef>();
    var changed = new HashMap<String, TensorName>();
    var images = new Images(placeholder, image.type());
    values.forEach((input, value) -> feed(graph, input, value, images, added, changed));
    for (TensorSpec input : inputs) {
      NodeDef node = graph.node(TensorName.parse(input.tensor()).node());
      boolean needed =
          node != null
              && (node.getOp().equals("Placeholder") || node.getOp().equals("PlaceholderV2"))
              && !input.tensor().equals(image.tensor());
      if (needed && !values.containsKey(input)) {
        problems.add(
            "input "
                + input.name()
                + " "
                + input.describe()
                + " needs a value: --feed "
                + input.name()
                + "=VALUE");
      }
    }
    ModelGraph filled = graph;
    for (var change : changed.entrySet()) {
      filled = filled.rewired(change.getValue(), change.getKey());
    }
    return filled.with(added);
  }

  private static String unknownFeed(String name, List<TensorSpec> inputs) {
    return "--feed "
        + name
        + " names no input"
        + (inputs.isEmpty() ? "" : "; the inputs are " + describe(inputs));
  }

  /**
   * Makes an input's value a part of the graph. A placeholder is replaced under its own name; for
   * any other tensor a new node is added, and its uses go there.
   */
  private void feed(
      ModelGraph graph,
      TensorSpec input,
      String text,
      Images images,
      List<NodeDef> added,
      Map<String, TensorName> changed) {
    TensorName tensor = TensorName.parse(input.tensor());
    NodeDef node = graph.node(tensor.node());
    if (node == null) {
      return; // what the cut made needless
    }
    String name = tensor.node();
    if (!Fetches.isPlaceholder(node)) {
      name = graph.unusedPrefix("stoker_feed") + changed.size();
      changed.put(name, tensor);
    }
    try {
      FeedValue value = FeedValue.parse(text);
      if (value.fits(input.shape())) {
        added.addAll(constant(name, value.tensor(input.type()), input.type()));
      } else if (value.fitsOneOfBatch(input.shape())) {
        added.addAll(repeated(name, value, input.type(), images));
      } else {
        problems.add(
            "--feed "
                + input.name()
                + "="
                + text
                + " has the shape "
                + value.shape()
                + ", expected "
                + input.describe());
      }
    } catch (IllegalArgumentException e) {
      problems.add("--feed " + input.name() + "=" + text + ": " + e.getMessage());
    }
  }

  private static List<NodeDef> constant(String name, TensorProto value, DataType type) {
    if (value.getDtypeValue() == type.number()) {
      return List.of(Nodes.constant(name, value));
    }
    return List.of(
        Nodes.constant(name + "/stoker_value", value),
        Nodes.cast(name, name + "/stoker_value", value.getDtype(), Nodes.proto(type)));
  }

  /** The value once for every image of the batch. */
  private static List<NodeDef> repeated(
      String name, FeedValue value, DataType type, Images images) {
    var int32 = Nodes.type(org.tensorflow.proto.DataType.DT_INT32);
    var target = Nodes.type(type);
    String at = name + "/stoker_";
    var nodes = new ArrayList<>(constant(at + "one", value.tensor(type), type));
    nodes.add(Nodes.ints(at + "begin", 0));
    nodes.add(Nodes.ints(at + "end", 1));
    nodes.add(Nodes.integer(at + "axis", 0));
    nodes.add(
        Nodes.ints(at + "sizes", value.shape().stream().mapToInt(Math::toIntExact).toArray()));
    nodes.add(
        Nodes.node("Shape", at + "images", images.node())
            .putAttr("T", Nodes.type(images.type()))
            .putAttr("out_type", int32)
            .build());
    nodes.add(
        Nodes.node(
                "StridedSlice", at + "batch", at + "images", at + "begin", at + "end", at + "end")
            .putAttr("T", int32)
            .putAttr("Index", int32)
            .build());
    nodes.add(
        Nodes.node("ConcatV2", at + "shape", at + "batch", at + "sizes", at + "axis")
            .putAttr("N", Nodes.integer(2))
            .putAttr("T", int32)
            .putAttr("Tidx", int32)
            .build());
    nodes.add(
        Nodes.node("BroadcastTo", name, at + "one", at + "shape")
            .putAttr("T", target)
            .putAttr("Tidx", int32)
            .build());
    return nodes;
  }
}
