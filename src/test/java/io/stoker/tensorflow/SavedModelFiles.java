package io.stoker.tensorflow;

import io.stoker.model.ModelFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.VersionDef;

/** Writes SavedModels for tests, variables included: by TensorFlow's own save op. */
final class SavedModelFiles {
  private final GraphDef.Builder graph =
      GraphDef.newBuilder().setVersions(VersionDef.newBuilder().setProducer(1994));
  private final SignatureDef.Builder signature = SignatureDef.newBuilder();
  private final Map<String, TensorProto> variables = new LinkedHashMap<>();
  private final Map<String, byte[]> files = new HashMap<>();
  private final MetaGraphDef.Builder meta = MetaGraphDef.newBuilder();

  SavedModelFiles node(NodeDef.Builder node) {
    graph.addNode(node);
    return this;
  }

  SavedModelFiles node(NodeDef node) {
    graph.addNode(node);
    return this;
  }

  SavedModelFiles function(FunctionDef function) {
    graph.getLibraryBuilder().addFunction(function);
    return this;
  }

  /** A handle to a variable of floats; {@code shape} may be empty for a scalar. */
  SavedModelFiles variable(String name, long[] shape, float... values) {
    var value =
        TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).setTensorShape(Nodes.shape(shape));
    for (float number : values) {
      value.addFloatVal(number);
    }
    variables.put(name, value.build());
    return node(handle(name, value.build()));
  }

  private static NodeDef handle(String name, TensorProto value) {
    return Nodes.node("VarHandleOp", name)
        .putAttr("dtype", Nodes.type(value.getDtype()))
        .putAttr(
            "shape",
            org.tensorflow.proto.AttrValue.newBuilder().setShape(value.getTensorShape()).build())
        .putAttr("shared_name", Nodes.bytes(com.google.protobuf.ByteString.copyFromUtf8(name)))
        .build();
  }

  SavedModelFiles input(String key, String tensor, DataType type, long... shape) {
    signature.putInputs(key, info(tensor, type, shape));
    return this;
  }

  SavedModelFiles output(String key, String tensor) {
    signature.putOutputs(key, info(tensor, DataType.DT_FLOAT));
    return this;
  }

  private static TensorInfo info(String tensor, DataType type, long... shape) {
    return TensorInfo.newBuilder()
        .setName(tensor)
        .setDtype(type)
        .setTensorShape(Nodes.shape(shape))
        .build();
  }

  SavedModelFiles initOp(String node) {
    meta.putSignatureDef(
        "__saved_model_init_op",
        SignatureDef.newBuilder()
            .putOutputs("__saved_model_init_op", TensorInfo.newBuilder().setName(node).build())
            .build());
    return this;
  }

  SavedModelFiles asset(String tensor, String file, String content) {
    meta.addAssetFileDef(
        AssetFileDef.newBuilder()
            .setTensorInfo(TensorInfo.newBuilder().setName(tensor))
            .setFilename(file));
    files.put("assets/" + file, content.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** The model's files by path. */
  Map<String, byte[]> entries(Path scratch) throws IOException, TensorFlowException {
    if (!variables.isEmpty()) {
      save(scratch);
      addRestore();
    }
    meta.getMetaInfoDefBuilder().addTags("serve");
    meta.setGraphDef(graph).putSignatureDef("serving_default", signature.build());
    files.put(
        "saved_model.pb",
        SavedModel.newBuilder()
            .setSavedModelSchemaVersion(1)
            .addMetaGraphs(meta)
            .build()
            .toByteArray());
    return files;
  }

  ModelFile file(Path scratch) throws IOException, TensorFlowException {
    return new ModelFile("model", entries(scratch));
  }

  private void save(Path scratch) throws IOException, TensorFlowException {
    var nodes = new ArrayList<NodeDef>();
    nodes.add(Nodes.constant("path", strings(scratch.resolve("saved").toString())));
    nodes.addAll(namesAndSlices());
    var save = Nodes.node("SaveV2", "save", "path", "names", "slices");
    for (var variable : variables.entrySet()) {
      String constant = "value_" + variable.getKey();
      nodes.add(Nodes.constant(constant, variable.getValue()));
      save.addInput(constant);
    }
    nodes.add(save.putAttr("dtypes", types(variables.values())).build());
    var toSave = GraphDef.newBuilder().addAllNode(nodes).setVersions(graph.getVersions()).build();
    try (var nativeGraph = NativeGraph.of(toSave.toByteArray());
        var session = NativeSession.open(nativeGraph, Graphs.config());
        var runner = session.runner(List.of(), List.of(), List.of("save"))) {
      runner.firstRun();
    }
    for (String end : List.of(".index", ".data-00000-of-00001")) {
      files.put("variables/variables" + end, Files.readAllBytes(scratch.resolve("saved" + end)));
    }
  }

  private void addRestore() {
    namesAndSlices().forEach(graph::addNode);
    graph.addNode(Nodes.placeholder("checkpoint", DataType.DT_STRING, Nodes.shape()));
    graph.addNode(
        Nodes.node("RestoreV2", "restored", "checkpoint", "names", "slices")
            .putAttr("dtypes", types(variables.values())));
    var restore = Nodes.node("NoOp", "restore_all");
    int i = 0;
    for (var variable : variables.entrySet()) {
      String assign = "assign_" + variable.getKey();
      graph.addNode(
          Nodes.node("AssignVariableOp", assign, variable.getKey(), "restored:" + i++)
              .putAttr("dtype", Nodes.type(variable.getValue().getDtype())));
      restore.addInput("^" + assign);
    }
    graph.addNode(restore);
    meta.setSaverDef(
        SaverDef.newBuilder()
            .setFilenameTensorName("checkpoint:0")
            .setRestoreOpName("restore_all"));
  }

  private List<NodeDef> namesAndSlices() {
    String[] names = variables.keySet().toArray(new String[0]);
    return List.of(
        Nodes.constant("names", vector(names)),
        Nodes.constant(
            "slices",
            vector(names.clone()).toBuilder()
                .clearStringVal()
                .addAllStringVal(
                    java.util.Collections.nCopies(
                        names.length, com.google.protobuf.ByteString.EMPTY))
                .build()));
  }

  static org.tensorflow.proto.AttrValue types(Collection<TensorProto> values) {
    var list = org.tensorflow.proto.AttrValue.ListValue.newBuilder();
    values.forEach(value -> list.addType(value.getDtype()));
    return org.tensorflow.proto.AttrValue.newBuilder().setList(list).build();
  }

  /** A scalar. */
  static TensorProto strings(String value) {
    return TensorProto.newBuilder()
        .setDtype(DataType.DT_STRING)
        .setTensorShape(Nodes.shape())
        .addStringVal(com.google.protobuf.ByteString.copyFromUtf8(value))
        .build();
  }

  static TensorProto vector(String... values) {
    var tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_STRING)
            .setTensorShape(Nodes.shape(values.length));
    for (String value : values) {
      tensor.addStringVal(com.google.protobuf.ByteString.copyFromUtf8(value));
    }
    return tensor.build();
  }
}
