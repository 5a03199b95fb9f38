package io.stoker.tensorflow;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_TensorType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.stoker.model.DataType;
import io.stoker.model.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/**
 * Reads what a SavedModel's variables and tables hold: by running the model's own restore and init
 * ops, once, in a graph and session of ours, after their ops and the files they read were checked.
 *
 * <p>TensorFlow reads checkpoints from files only, so the model's files are written to a scratch
 * folder, which stays the caller's.
 */
final class VariableLoader {
  private static final String INDEX = "variables/variables.index";
  private static final Pattern SHARD =
      Pattern.compile("variables/variables\\.data-(\\d{5})-of-(\\d{5})");

  private final MetaGraphDef meta;
  private final ModelGraph graph;
  private final Map<String, byte[]> entries;
  private final boolean trusted;
  private final int intraOpThreads;
  private final @Nullable String initNode;
  private final Map<String, String> assets;

  private VariableLoader(
      MetaGraphDef meta,
      ModelGraph graph,
      Map<String, byte[]> entries,
      boolean trusted,
      int intraOpThreads)
      throws ModelException {
    this.meta = meta;
    this.graph = graph;
    this.entries = entries;
    this.trusted = trusted;
    this.intraOpThreads = intraOpThreads;
    this.initNode = initNode(meta);
    this.assets = assets(meta);
  }

  /**
   * Checks what would run on loading, and runs it if the predictions need it.
   *
   * @param graph the whole graph
   * @param needed the graph pruned to what predictions need
   * @param entries the SavedModel's files by path
   * @param scratch a folder to write them to
   * @param intraOpThreads CPU threads that one op may spread over, 0 for all
   * @throws ModelException if a file is missing or broken, or something would run that may not
   */
  static Variables load(
      MetaGraphDef meta,
      ModelGraph graph,
      ModelGraph needed,
      Map<String, byte[]> entries,
      boolean trusted,
      Path scratch,
      int intraOpThreads)
      throws ModelException {
    var loader = new VariableLoader(meta, graph, entries, trusted, intraOpThreads);
    List<NodeDef> variables = Freezer.variables(needed);
    List<NodeDef> tables = Freezer.tables(needed);
    loader.check(!variables.isEmpty());
    if (variables.isEmpty() && tables.isEmpty()) {
      return Variables.NONE;
    }
    return loader.run(variables, tables, scratch);
  }

  // ---- what there is

  private static @Nullable String initNode(MetaGraphDef meta) {
    if (meta.containsSignatureDef("__saved_model_init_op")) {
      for (var output :
          meta.getSignatureDefOrThrow("__saved_model_init_op").getOutputsMap().values()) {
        return TensorName.parse(output.getName()).node();
      }
    }
    for (String collection : List.of("saved_model_main_op", "legacy_init_op")) {
      if (meta.containsCollectionDef(collection)) {
        var names = meta.getCollectionDefOrThrow(collection).getNodeList().getValueList();
        if (!names.isEmpty()) {
          return TensorName.parse(names.get(0)).node();
        }
      }
    }
    return null;
  }

  /** Names of assets' files by the nodes that take their paths. */
  private static Map<String, String> assets(MetaGraphDef meta) throws ModelException {
    var definitions = new ArrayList<>(meta.getAssetFileDefList());
    if (definitions.isEmpty() && meta.containsCollectionDef("saved_model_assets")) {
      for (Any any :
          meta.getCollectionDefOrThrow("saved_model_assets").getAnyList().getValueList()) {
        try {
          definitions.add(AssetFileDef.parseFrom(any.getValue()));
        } catch (InvalidProtocolBufferException e) {
          throw new ModelException("saved_model.pb has a damaged list of assets", e);
        }
      }
    }
    var assets = new LinkedHashMap<String, String>();
    for (AssetFileDef asset : definitions) {
      assets.put(TensorName.parse(asset.getTensorInfo().getName()).node(), asset.getFilename());
    }
    return assets;
  }

  private @Nullable String restoreNode() {
    String name = meta.getSaverDef().getRestoreOpName();
    return name.isEmpty() ? null : TensorName.parse(name).node();
  }

  private String pathNode() {
    return TensorName.parse(meta.getSaverDef().getFilenameTensorName()).node();
  }

  // ---- checks

  private void check(boolean needsVariables) throws ModelException {
    var problems = new ArrayList<String>();
    for (String file : assets.values()) {
      if (!isWithin(file)) {
        problems.add(
            "asset '" + file + "' lies outside the model's assets folder, which is not allowed");
      }
    }
    for (String path : entries.keySet()) {
      if (!isWithin(path)) {
        problems.add("the model has a file outside its folder: " + path);
      }
    }
    if (needsVariables) {
      problems.addAll(checkpointProblems());
    }
    var roots = new ArrayList<String>();
    if (needsVariables && restoreNode() != null) {
      addRoot("the op that restores variables", restoreNode(), roots, problems);
      addRoot("the checkpoint's path", pathNode(), roots, problems);
    }
    if (initNode != null) {
      addRoot("the init op", initNode, roots, problems);
    }
    ModelGraph onLoading = graph.pruned(roots);
    assets.forEach(
        (node, file) -> {
          if (onLoading.node(node) != null && !entries.containsKey("assets/" + file)) {
            problems.add("assets/" + file + " is missing; copy the whole folder");
          }
        });
    problems.addAll(GraphChecks.problems(onLoading));
    if (!trusted) {
      problems.addAll(OpPolicy.problems(onLoading, OpPolicy.Use.INITIALIZE));
      var fed = new HashSet<>(assets.keySet());
      fed.add(pathNode());
      problems.addAll(FileOrigins.problems(onLoading, fed));
    }
    if (!problems.isEmpty()) {
      throw new ModelException(problems);
    }
  }

  private void addRoot(
      String what, @Nullable String node, List<String> roots, List<String> problems) {
    if (node == null || graph.node(node) == null) {
      problems.add(what + " is said to be node " + node + ", which the graph does not have");
    } else {
      roots.add(node);
    }
  }

  private static boolean isWithin(String file) {
    Path root = Path.of("/model");
    return !file.isEmpty()
        && file.indexOf('\0') < 0
        && !file.startsWith("/")
        && root.resolve(file).normalize().startsWith(root)
        && !root.resolve(file).normalize().equals(root);
  }

  private List<String> checkpointProblems() {
    var problems = new ArrayList<>(ModelParser.brokenParts(entries));
    if (!entries.containsKey(INDEX)) {
      problems.add(INDEX + " is missing, so the variables have no values; copy the whole folder");
      return problems;
    }
    var missing = new TreeSet<String>();
    boolean any = false;
    for (String path : entries.keySet()) {
      Matcher shard = SHARD.matcher(path);
      if (shard.matches()) {
        any = true;
        int count = Integer.parseInt(shard.group(2));
        for (int i = 0; i < count; i++) {
          String other = shardName(i, count);
          if (!entries.containsKey(other)) {
            missing.add(other);
          }
        }
      }
    }
    if (!any) {
      missing.add(shardName(0, 1));
    }
    if (!missing.isEmpty()) {
      problems.add(Names.some(missing) + " is missing; copy the whole folder, variables/ included");
    }
    return problems;
  }

  private static String shardName(int index, int count) {
    return String.format("variables/variables.data-%05d-of-%05d", index, count);
  }

  // ---- native

  private Variables run(List<NodeDef> variables, List<NodeDef> tables, Path scratch)
      throws ModelException {
    var reads = new ArrayList<NodeDef>();
    var variableReads = new LinkedHashMap<String, String>();
    var tableReads = new LinkedHashMap<String, String>();
    String prefix = graph.unusedPrefix("stoker_read");
    for (NodeDef variable : variables) {
      String read = variable.getName();
      if (variable.getOp().equals("VarHandleOp")) {
        read = prefix + reads.size();
        reads.add(
            Nodes.node("ReadVariableOp", read, variable.getName())
                .putAttr("dtype", variable.getAttrOrThrow("dtype"))
                .build());
      }
      variableReads.put(variable.getName(), read);
    }
    for (NodeDef table : tables) {
      String read = prefix + reads.size();
      reads.add(
          Nodes.node(
                  table.getOp().equals("HashTable") ? "LookupTableExport" : "LookupTableExportV2",
                  read,
                  table.getName())
              .putAttr("Tkeys", table.getAttrOrThrow("key_dtype"))
              .putAttr("Tvalues", table.getAttrOrThrow("value_dtype"))
              .build());
      tableReads.put(table.getName(), read);
    }
    var roots = new ArrayList<>(variableReads.values());
    roots.addAll(tableReads.values());
    String restore = variables.isEmpty() ? null : restoreNode();
    if (restore != null) {
      roots.add(restore);
      roots.add(pathNode());
    }
    if (initNode != null) {
      roots.add(initNode);
    }
    ModelGraph loading = graph.with(reads).pruned(roots);
    try {
      writeFiles(scratch);
      try (var nativeGraph = NativeGraph.of(loading.toProto().toByteArray());
          var session = NativeSession.open(nativeGraph, SessionConfig.loading(intraOpThreads))) {
        if (restore != null) {
          restore(session, restore, scratch);
        }
        if (initNode != null) {
          initialize(session, initNode, loading.nodes().keySet(), scratch);
        }
        return new Variables(read(session, variableReads), readTables(session, tableReads));
      }
    } catch (TensorFlowException e) {
      throw new ModelException("TensorFlow does not load the variables: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ModelException("cannot write the model's variables to " + scratch + ": " + e, e);
    }
  }

  private void writeFiles(Path scratch) throws IOException {
    for (var entry : entries.entrySet()) {
      String path = entry.getKey();
      if (path.startsWith("variables/") || path.startsWith("assets/")) {
        Path file = scratch.resolve(path);
        Files.createDirectories(file.resolveSibling("."));
        Files.write(file, entry.getValue());
      }
    }
  }

  private void restore(NativeSession session, String restoreNode, Path scratch)
      throws TensorFlowException, ModelException {
    try (var runner = session.runner(List.of(pathNode() + ":0"), List.of(), List.of(restoreNode));
        var path = pathTensor(scratch.resolve("variables/variables"))) {
      runner.firstRun(path);
    } catch (TensorFlowException e) {
      var shards = new ArrayList<String>();
      entries.forEach(
          (name, bytes) -> {
            if (name.startsWith("variables/")) {
              shards.add(name + " (" + bytes.length + " bytes)");
            }
          });
      shards.sort(null);
      throw new ModelException(
          "the variables cannot be read from "
              + Names.some(shards)
              + "; a file may be cut off: copy the model again ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  private void initialize(NativeSession session, String node, Set<String> present, Path scratch)
      throws TensorFlowException {
    var feeds = new ArrayList<String>();
    var paths = new ArrayList<NativeTensor>();
    try {
      for (var asset : assets.entrySet()) {
        if (present.contains(asset.getKey())) {
          feeds.add(asset.getKey() + ":0");
          paths.add(pathTensor(scratch.resolve("assets").resolve(asset.getValue())));
        }
      }
      try (var runner = session.runner(feeds, List.of(), List.of(node))) {
        runner.firstRun(paths.toArray(new NativeTensor[0]));
      }
    } finally {
      paths.forEach(NativeTensor::close);
    }
  }

  private static NativeTensor pathTensor(Path path) {
    return NativeTensor.string(path.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, TensorProto> read(NativeSession session, Map<String, String> reads)
      throws TensorFlowException, ModelException {
    List<String> names = List.copyOf(reads.keySet());
    List<TensorProto> values =
        fetch(session, reads.values().stream().map(node -> node + ":0").toList());
    var byName = new HashMap<String, TensorProto>();
    for (int i = 0; i < names.size(); i++) {
      byName.put(names.get(i), values.get(i));
    }
    return byName;
  }

  private static Map<String, Variables.Table> readTables(
      NativeSession session, Map<String, String> reads) throws TensorFlowException, ModelException {
    var tables = new HashMap<String, Variables.Table>();
    for (var read : reads.entrySet()) {
      List<TensorProto> entries =
          fetch(session, List.of(read.getValue() + ":0", read.getValue() + ":1"));
      tables.put(read.getKey(), new Variables.Table(entries.get(0), entries.get(1)));
    }
    return tables;
  }

  private static List<TensorProto> fetch(NativeSession session, List<String> tensors)
      throws TensorFlowException, ModelException {
    if (tensors.isEmpty()) {
      return List.of();
    }
    try (var runner = session.runner(List.of(), tensors, List.of())) {
      List<NativeTensor> values = runner.firstRun();
      try {
        long bytes = values.stream().mapToLong(NativeTensor::byteSize).sum();
        if (bytes > GraphChecks.MAX_CONSTANT_BYTES) {
          throw new ModelException(
              "variables of "
                  + (bytes >> 20)
                  + " MiB, expected less than 2 GiB: larger models cannot be frozen");
        }
        return values.stream().map(VariableLoader::proto).toList();
      } finally {
        values.forEach(NativeTensor::close);
      }
    }
  }

  /** A tensor as a constant of a graph. */
  static TensorProto proto(NativeTensor value) {
    var proto =
        TensorProto.newBuilder()
            .setDtypeValue(TF_TensorType(value.handle()))
            .setTensorShape(Nodes.shape(value.shape()));
    if (value.type() == DataType.STRING) {
      for (byte[] text : value.strings()) {
        proto.addStringVal(ByteString.copyFrom(text));
      }
    } else {
      proto.setTensorContent(ByteString.copyFrom(value.data()));
    }
    return proto.build();
  }
}
