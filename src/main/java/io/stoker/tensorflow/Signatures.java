package io.stoker.tensorflow;

import io.stoker.model.DataType;
import io.stoker.model.ModelException;
import io.stoker.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** Chooses a SavedModel's graph and signature where there is one choice, and asks where not. */
final class Signatures {
  private static final String SERVE = "serve";
  private static final String DEFAULT = "serving_default";

  /** Signatures of TensorFlow's own, such as that of the init op. */
  private static final String INTERNAL = "__saved_model_";

  private Signatures() {}

  /** The graph for serving; the only one, if there is one. */
  static MetaGraphDef graphForServing(SavedModel model) throws ModelException {
    List<MetaGraphDef> graphs = model.getMetaGraphsList();
    for (MetaGraphDef graph : graphs) {
      if (tags(graph).equals(List.of(SERVE))) {
        return graph;
      }
    }
    List<MetaGraphDef> serving =
        graphs.stream().filter(graph -> tags(graph).contains(SERVE)).toList();
    if (serving.size() == 1) {
      return serving.get(0);
    }
    if (graphs.size() == 1) {
      return graphs.get(0);
    }
    throw new ModelException(
        "none of its graphs has the tag serve alone; there are "
            + graphs.stream().map(graph -> tags(graph).toString()).collect(Collectors.joining(", "))
            + ". Export it for serving");
  }

  private static List<String> tags(MetaGraphDef graph) {
    return graph.getMetaInfoDef().getTagsList().stream().toList();
  }

  /** Signatures that users may choose, by name. */
  static Map<String, SignatureDef> of(MetaGraphDef graph) {
    var signatures = new TreeMap<>(graph.getSignatureDefMap());
    signatures.keySet().removeIf(name -> name.startsWith(INTERNAL));
    return signatures;
  }

  /**
   * The name of the signature to use: the one asked for, the default, or the only one.
   *
   * @return null if the graph has none at all
   */
  static @Nullable String choose(MetaGraphDef graph, @Nullable String wanted)
      throws ModelException {
    Map<String, SignatureDef> signatures = of(graph);
    if (wanted != null) {
      if (signatures.isEmpty()) {
        throw new ModelException(
            "no signature is named "
                + wanted
                + ", as the SavedModel has none at all; leave"
                + " --signature out and name tensors with --input and --fetch");
      }
      if (signatures.containsKey(wanted)) {
        return wanted;
      }
      throw new ModelException(
          "no signature is named " + wanted + "; there are: " + describe(signatures));
    }
    if (signatures.isEmpty()) {
      return null;
    }
    if (signatures.containsKey(DEFAULT)) {
      return DEFAULT;
    }
    if (signatures.size() == 1) {
      return signatures.keySet().iterator().next();
    }
    throw new ModelException(
        "there are several signatures and none is named serving_default: choose one with"
            + " --signature: "
            + describe(signatures));
  }

  private static String describe(Map<String, SignatureDef> signatures) {
    return signatures.entrySet().stream()
        .map(
            entry ->
                entry.getKey()
                    + " ("
                    + describeTensors(entry.getValue().getInputsMap())
                    + " -> "
                    + describeTensors(entry.getValue().getOutputsMap())
                    + ")")
        .collect(Collectors.joining("; "));
  }

  private static String describeTensors(Map<String, TensorInfo> tensors) {
    return new TreeMap<>(tensors)
        .entrySet().stream()
            .map(entry -> entry.getKey() + " " + spec(entry.getKey(), entry.getValue()).describe())
            .collect(Collectors.joining(", "));
  }

  /** As the signature says it, which may differ from what the graph knows. */
  static TensorSpec spec(String name, TensorInfo info) {
    return new TensorSpec(
        name, info.getName(), DataType.of(info.getDtypeValue()), sizes(info.getTensorShape()));
  }

  private static @Nullable List<Long> sizes(TensorShapeProto shape) {
    return shape.getUnknownRank()
        ? null
        : shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
  }

  /** A signature's inputs or outputs, by key. */
  static List<NamedTensor> tensors(Map<String, TensorInfo> infos) throws ModelException {
    var tensors = new ArrayList<NamedTensor>();
    for (var entry : new TreeMap<>(infos).entrySet()) {
      TensorInfo info = entry.getValue();
      if (info.getEncodingCase() == TensorInfo.EncodingCase.NAME) {
        tensors.add(new NamedTensor(entry.getKey(), TensorName.parse(info.getName())));
      }
    }
    return tensors;
  }
}
