package io.stoker.tensorflow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.model.ModelException;
import io.stoker.model.ModelFile;
import io.stoker.model.ModelRequest;
import io.stoker.model.ResolvedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/** Variables and tables of SavedModels made here; those of others are in ModelCorpusTest. */
@Timeout(60)
final class FreezerTest {
  private static final AttrValue FLOAT = Nodes.type(DataType.DT_FLOAT);
  private static final AttrValue INT = Nodes.type(DataType.DT_INT32);
  private static final ModelRequest INFERRED =
      new ModelRequest(null, null, List.of(), Map.of(), false);

  /** {@code [?, 1, 1, 1]}, so that it could be an image. */
  private static SavedModelFiles model() {
    return new SavedModelFiles()
        .node(Nodes.placeholder("x", DataType.DT_FLOAT, Nodes.shape(-1, 1, 1, 1)))
        .input("x", "x:0", DataType.DT_FLOAT, -1, 1, 1, 1)
        .output("y", "y:0");
  }

  private static NodeDef plusX(String other) {
    return Nodes.node("AddV2", "y", "x", other).putAttr("T", FLOAT).build();
  }

  @Test
  void variablesBecomeConstants(@TempDir Path scratch) throws Exception {
    ModelFile file =
        model()
            .variable("v", new long[] {2}, 3, 4)
            .node(Nodes.node("ReadVariableOp", "read", "v").putAttr("dtype", FLOAT))
            .node(plusX("read"))
            .file(scratch);
    assertThat(run(file, scratch, 1)).containsExactly(4, 5);
  }

  @Test
  void gathersAndShapesOfVariablesWork(@TempDir Path scratch) throws Exception {
    ModelFile file =
        model()
            .variable("v", new long[] {3, 2}, 1, 2, 3, 4, 5, 6)
            .node(Nodes.integer("row", 2))
            .node(
                Nodes.node("ResourceGather", "gathered", "v", "row")
                    .putAttr("dtype", FLOAT)
                    .putAttr("Tindices", INT))
            .node(Nodes.ints("place", 1, 0))
            .node(
                Nodes.node("ResourceGatherNd", "value", "v", "place")
                    .putAttr("dtype", FLOAT)
                    .putAttr("Tindices", INT))
            .node(Nodes.node("VariableShape", "shape", "v").putAttr("out_type", INT))
            .node(Nodes.cast("sizes", "shape", DataType.DT_INT32, DataType.DT_FLOAT))
            .node(Nodes.node("AddV2", "a", "gathered", "value").putAttr("T", FLOAT))
            .node(Nodes.node("AddV2", "b", "a", "sizes").putAttr("T", FLOAT))
            .node(plusX("b"))
            .file(scratch);
    // row 2 is 5, 6; the value at (1, 0) is 3; the shape is 3, 2.
    assertThat(run(file, scratch, 0.5f)).containsExactly(11.5f, 11.5f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PartitionedCall", "StatefulPartitionedCall", "If", "Case", "While"})
  void handlesAreFollowedIntoFunctions(String op, @TempDir Path scratch) throws Exception {
    SavedModelFiles files =
        model()
            .variable("v", new long[] {}, 3)
            .node(
                Nodes.node("Identity", "handle", "v")
                    .putAttr("T", Nodes.type(DataType.DT_RESOURCE)))
            .function(addsVariable("adds"));
    switch (op) {
      case "If" ->
          files
              .node(Nodes.bool("yes", true))
              .node(
                  Nodes.node("If", "y", "yes", "x", "handle")
                      .putAttr("Tcond", Nodes.type(DataType.DT_BOOL))
                      .putAttr("Tin", types(DataType.DT_FLOAT, DataType.DT_RESOURCE))
                      .putAttr("Tout", types(DataType.DT_FLOAT))
                      .putAttr("then_branch", function("adds"))
                      .putAttr("else_branch", function("adds")));
      case "Case" ->
          files
              .node(Nodes.integer("branch", 0))
              .node(
                  Nodes.node("Case", "y", "branch", "x", "handle")
                      .putAttr("Tin", types(DataType.DT_FLOAT, DataType.DT_RESOURCE))
                      .putAttr("Tout", types(DataType.DT_FLOAT))
                      .putAttr(
                          "branches",
                          AttrValue.newBuilder()
                              .setList(
                                  AttrValue.ListValue.newBuilder()
                                      .addFunc(function("adds").getFunc()))
                              .build()));
      case "While" ->
          // Twice x + v, by a counter.
          files
              .node(Nodes.integer("zero", 0))
              .function(belowOne())
              .function(loopBody())
              .node(
                  Nodes.node("While", "loop", "zero", "x", "handle")
                      .putAttr(
                          "T", types(DataType.DT_INT32, DataType.DT_FLOAT, DataType.DT_RESOURCE))
                      .putAttr("cond", function("below_one"))
                      .putAttr("body", function("loop_body")))
              .node(Nodes.identity("y", "loop:1", DataType.DT_FLOAT));
      default ->
          files.node(
              Nodes.node(op, "y", "x", "handle")
                  .putAttr("Tin", types(DataType.DT_FLOAT, DataType.DT_RESOURCE))
                  .putAttr("Tout", types(DataType.DT_FLOAT))
                  .putAttr("f", function("adds")));
    }
    assertThat(run(files.file(scratch), scratch, 1)).containsExactly(4);
  }

  @Test
  void whatChangesAVariableIsRefusedByName(@TempDir Path scratch) throws Exception {
    ModelFile file =
        model()
            .variable("v", new long[] {}, 3)
            .node(Nodes.floats("one", 1))
            .node(Nodes.node("AssignAddVariableOp", "count", "v", "one").putAttr("dtype", FLOAT))
            .node(Nodes.node("ReadVariableOp", "read", "v", "^count").putAttr("dtype", FLOAT))
            .node(plusX("read"))
            .file(scratch);
    assertThatThrownBy(() -> ModelLoader.resolve(file, INFERRED, scratch))
        .hasMessage(
            "model: the model changes variables while it predicts: AssignAddVariableOp (count)."
                + " Export it for inference, or freeze it properly");
    ModelRequest trusted = new ModelRequest(null, null, List.of(), Map.of(), true);
    assertThatThrownBy(() -> ModelLoader.resolve(file, trusted, scratch))
        .hasMessageContaining("AssignAddVariableOp (count)");
  }

  // ---- broken files

  @Test
  void missingAndShortFilesAreNamed(@TempDir Path scratch) throws Exception {
    SavedModelFiles files =
        model()
            .variable("v", new long[] {2}, 3, 4)
            .node(Nodes.node("ReadVariableOp", "read", "v").putAttr("dtype", FLOAT))
            .node(plusX("read"));
    Map<String, byte[]> whole = files.entries(scratch);
    String shard = "variables/variables.data-00000-of-00001";
    String index = "variables/variables.index";

    assertThat(problem(without(whole, shard), scratch))
        .isEqualTo("model: " + shard + " is missing; copy the whole folder, variables/ included");
    assertThat(problem(without(whole, index), scratch))
        .isEqualTo(
            "model: "
                + index
                + " is missing, so the variables have no values; copy the whole folder");
    assertThat(problem(with(whole, shard, new byte[0]), scratch))
        .contains(shard + " is empty (0 bytes)");
    byte[] cut = Arrays.copyOf(Objects.requireNonNull(whole.get(shard)), 3);
    assertThat(problem(with(whole, shard, cut), scratch))
        .startsWith("model: the variables cannot be read from " + shard + " (3 bytes), " + index);
    byte[] damaged = Objects.requireNonNull(whole.get(index)).clone();
    Arrays.fill(damaged, 0, 20, (byte) 0x55);
    assertThat(problem(with(whole, index, damaged), scratch))
        .contains("the variables cannot be read from");
    byte[] pointer = "version https://git-lfs.github.com/spec/v1\noid".getBytes(UTF_8);
    assertThat(problem(with(whole, shard, pointer), scratch))
        .contains(shard + " is a Git LFS pointer");
  }

  // ---- tables

  private static SavedModelFiles lookup(String filler) {
    return model()
        .node(
            Nodes.node("HashTableV2", "table")
                .putAttr("key_dtype", Nodes.type(DataType.DT_STRING))
                .putAttr("value_dtype", Nodes.type(DataType.DT_INT64)))
        .node(Nodes.constant("key", SavedModelFiles.strings("field")))
        .node(
            Nodes.constant(
                "missing",
                org.tensorflow.proto.TensorProto.newBuilder()
                    .setDtype(DataType.DT_INT64)
                    .setTensorShape(Nodes.shape())
                    .addInt64Val(-1)
                    .build()))
        .function(finds())
        .node(
            Nodes.node("PartitionedCall", "found", "table", "key", "missing")
                .putAttr("Tin", types(DataType.DT_RESOURCE, DataType.DT_STRING, DataType.DT_INT64))
                .putAttr("Tout", types(DataType.DT_INT64))
                .putAttr("f", function("finds")))
        .node(Nodes.cast("number", "found", DataType.DT_INT64, DataType.DT_FLOAT))
        .node(plusX("number"))
        .node(Nodes.node("NoOp", "init", "^" + filler))
        .initOp("init");
  }

  private static NodeDef fromFile(String path) {
    return Nodes.node("InitializeTableFromTextFileV2", "fill", "table", path)
        .putAttr("key_index", Nodes.integer(-2)) // the whole line
        .putAttr("value_index", Nodes.integer(-1)) // its number
        .putAttr("vocab_size", Nodes.integer(-1))
        .putAttr("delimiter", Nodes.bytes(com.google.protobuf.ByteString.copyFromUtf8("\t")))
        .build();
  }

  @Test
  void tablesFilledFromAssetsKeepTheirEntries(@TempDir Path scratch) throws Exception {
    ModelFile file =
        lookup("fill")
            .node(Nodes.constant("path", SavedModelFiles.strings("")))
            .node(fromFile("path"))
            .asset("path:0", "labels.txt", "water\nforest\nfield\n")
            .file(scratch);
    assertThat(run(file, scratch, 0.5f)).containsExactly(2.5f);
  }

  @Test
  void tablesFilledFromConstantsKeepTheirEntries(@TempDir Path scratch) throws Exception {
    ModelFile file =
        lookup("fill")
            .node(Nodes.constant("keys", SavedModelFiles.vector("water", "field")))
            .node(
                Nodes.constant(
                    "values",
                    org.tensorflow.proto.TensorProto.newBuilder()
                        .setDtype(DataType.DT_INT64)
                        .setTensorShape(Nodes.shape(2))
                        .addInt64Val(7)
                        .addInt64Val(9)
                        .build()))
            .node(
                Nodes.node("LookupTableImportV2", "fill", "table", "keys", "values")
                    .putAttr("Tin", Nodes.type(DataType.DT_STRING))
                    .putAttr("Tout", Nodes.type(DataType.DT_INT64)))
            .file(scratch);
    assertThat(run(file, scratch, 0)).containsExactly(9);
  }

  @Test
  void aTableFromAFileThatIsNoAssetIsRefused(@TempDir Path scratch) throws Exception {
    ModelFile file =
        lookup("fill")
            .node(Nodes.constant("path", SavedModelFiles.strings("/etc/passwd")))
            .node(fromFile("path"))
            .file(scratch);
    assertThat(problem(file.entries(), scratch))
        .contains("reads files that are not its own variables or assets: fill (InitializeTable");
  }

  @Test
  void aMissingAssetIsNamed(@TempDir Path scratch) throws Exception {
    Map<String, byte[]> entries =
        lookup("fill")
            .node(Nodes.constant("path", SavedModelFiles.strings("")))
            .node(fromFile("path"))
            .asset("path:0", "labels.txt", "water\n")
            .entries(scratch);
    assertThat(problem(without(entries, "assets/labels.txt"), scratch))
        .isEqualTo("model: assets/labels.txt is missing; copy the whole folder");
  }

  // ---- functions

  /** {@code r = a + read(v)}. */
  private static FunctionDef addsVariable(String name) {
    return FunctionDef.newBuilder()
        .setSignature(
            OpDef.newBuilder()
                .setName(name)
                .addInputArg(argument("a", DataType.DT_FLOAT))
                .addInputArg(argument("v", DataType.DT_RESOURCE))
                .addOutputArg(argument("r", DataType.DT_FLOAT))
                .setIsStateful(true))
        .addNodeDef(Nodes.node("ReadVariableOp", "read", "v").putAttr("dtype", FLOAT))
        .addNodeDef(Nodes.node("AddV2", "sum", "a", "read:value:0").putAttr("T", FLOAT))
        .putRet("r", "sum:z:0")
        .build();
  }

  private static FunctionDef belowOne() {
    return FunctionDef.newBuilder()
        .setSignature(
            OpDef.newBuilder()
                .setName("below_one")
                .addInputArg(argument("i", DataType.DT_INT32))
                .addInputArg(argument("a", DataType.DT_FLOAT))
                .addInputArg(argument("v", DataType.DT_RESOURCE))
                .addOutputArg(argument("r", DataType.DT_BOOL)))
        .addNodeDef(Nodes.integer("one", 1))
        .addNodeDef(Nodes.node("Less", "less", "i", "one:output:0").putAttr("T", INT))
        .putRet("r", "less:z:0")
        .build();
  }

  /** Calls {@code adds} and hands the handle on. */
  private static FunctionDef loopBody() {
    return FunctionDef.newBuilder()
        .setSignature(
            OpDef.newBuilder()
                .setName("loop_body")
                .addInputArg(argument("i", DataType.DT_INT32))
                .addInputArg(argument("a", DataType.DT_FLOAT))
                .addInputArg(argument("v", DataType.DT_RESOURCE))
                .addOutputArg(argument("next", DataType.DT_INT32))
                .addOutputArg(argument("sum", DataType.DT_FLOAT))
                .addOutputArg(argument("same", DataType.DT_RESOURCE))
                .setIsStateful(true))
        .addNodeDef(Nodes.integer("one", 1))
        .addNodeDef(Nodes.node("AddV2", "plus", "i", "one:output:0").putAttr("T", INT))
        .addNodeDef(
            Nodes.node("StatefulPartitionedCall", "call", "a", "v")
                .putAttr("Tin", types(DataType.DT_FLOAT, DataType.DT_RESOURCE))
                .putAttr("Tout", types(DataType.DT_FLOAT))
                .putAttr("f", function("adds")))
        .putRet("next", "plus:z:0")
        .putRet("sum", "call:output:0")
        .putRet("same", "v")
        .build();
  }

  private static FunctionDef finds() {
    return FunctionDef.newBuilder()
        .setSignature(
            OpDef.newBuilder()
                .setName("finds")
                .addInputArg(argument("table", DataType.DT_RESOURCE))
                .addInputArg(argument("key", DataType.DT_STRING))
                .addInputArg(argument("missing", DataType.DT_INT64))
                .addOutputArg(argument("r", DataType.DT_INT64))
                .setIsStateful(true))
        .addNodeDef(
            Nodes.node("LookupTableFindV2", "find", "table", "key", "missing")
                .putAttr("Tin", Nodes.type(DataType.DT_STRING))
                .putAttr("Tout", Nodes.type(DataType.DT_INT64)))
        .putRet("r", "find:values:0")
        .build();
  }

  private static OpDef.ArgDef argument(String name, DataType type) {
    return OpDef.ArgDef.newBuilder().setName(name).setType(type).build();
  }

  private static AttrValue types(DataType... types) {
    return AttrValue.newBuilder()
        .setList(AttrValue.ListValue.newBuilder().addAllType(List.of(types)))
        .build();
  }

  private static AttrValue function(String name) {
    return AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(name)).build();
  }

  // ---- tools

  /** Resolves, runs twice on one session, and sees that nothing of the state is left. */
  private static float[] run(ModelFile file, Path scratch, float x) throws Exception {
    ResolvedModel model = ModelLoader.resolve(file, INFERRED, scratch, 1);
    var left = new ArrayList<String>();
    GraphDef graph = GraphDef.parseFrom(model.graph());
    graph.getNodeList().forEach(node -> left.add(node.getOp()));
    assertThat(left).doesNotContain("VarHandleOp", "ReadVariableOp", "AssignVariableOp");
    try (var nativeGraph = NativeGraph.of(model.graph());
        var session = NativeSession.open(nativeGraph, Graphs.config());
        var runner =
            session.runner(
                List.of(model.input().tensor()),
                List.of(model.fetches().get(0).tensor()),
                List.of());
        var value = NativeTensor.floats(new long[] {1, 1, 1, 1}, x)) {
      float[] first = floats(runner.firstRun(value).get(0));
      assertThat(floats(runner.run(value).get(0))).isEqualTo(first);
      return first;
    }
  }

  private static float[] floats(NativeTensor tensor) {
    try (tensor) {
      float[] values = new float[Math.toIntExact(tensor.byteSize() / 4)];
      tensor.data().asFloatBuffer().get(values);
      return values;
    }
  }

  private static String problem(Map<String, byte[]> entries, Path scratch) {
    try {
      ModelLoader.resolve(new ModelFile("model", entries), INFERRED, scratch, 1);
      throw new AssertionError("was not refused");
    } catch (ModelException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static Map<String, byte[]> without(Map<String, byte[]> entries, String path) {
    var fewer = new HashMap<>(entries);
    fewer.remove(path);
    return fewer;
  }

  private static Map<String, byte[]> with(Map<String, byte[]> entries, String path, byte[] bytes) {
    var changed = new HashMap<>(entries);
    changed.put(path, bytes);
    return changed;
  }
}
