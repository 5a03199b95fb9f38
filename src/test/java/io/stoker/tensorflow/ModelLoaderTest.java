package io.stoker.tensorflow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.TextFormat;
import io.stoker.model.ModelException;
import io.stoker.model.ModelFile;
import io.stoker.model.ModelRequest;
import io.stoker.model.ResolvedModel;
import io.stoker.model.TensorSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** What is chosen, what is asked for, and what is said. */
@Timeout(60)
final class ModelLoaderTest {
  private static final DataType FLOAT = DataType.DT_FLOAT;
  private static final Path NO_SCRATCH = Path.of("not-needed");

  /** An image and a number in, two outputs. */
  private static Graphs twoInputs() {
    return new Graphs()
        .placeholder("image", FLOAT, -1, 2, 2, 3)
        .placeholder("scale", FLOAT)
        .node("Mul", "scaled", List.of("image", "scale"), "T", FLOAT)
        .node("Neg", "negative", List.of("scaled"), "T", FLOAT)
        .node("Relu", "positive", List.of("scaled"), "T", FLOAT);
  }

  // ---- what a file is

  @Test
  void filesThatAreNoModelAreToldApart() {
    assertThat(problem(""))
        .isEqualTo("m: the file is empty (0 bytes); copy or download the model again");
    assertThat(problem("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"))
        .isEqualTo(
            "m: the file is a Git LFS pointer, not the model itself: run `git lfs pull` in the"
                + " repository it comes from, then copy the real file");
    assertThat(problem("\n <!DOCTYPE html><html>login</html>")).contains("is an HTML page");
    assertThat(problem("PK\3\4config.json"))
        .contains("the file is a zip archive (.keras): Keras files are not supported yet. Export");
    assertThat(problem(new byte[] {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n', 0}))
        .contains("the file is an HDF5 file (.h5): Keras files are not supported yet. Export the");
    byte[] userBlock = new byte[2048];
    System.arraycopy(
        new byte[] {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'}, 0, userBlock, 1024, 8);
    assertThat(problem(userBlock)).contains("HDF5");
    assertThat(problem(new byte[] {0x1f, (byte) 0x8b, 8, 0})).contains("compressed with gzip");
    assertThat(problem("\34\0\0\0TFL3")).contains("TensorFlow Lite");
    assertThat(problem(new byte[] {8, 1, 18, 0}))
        .contains("this is a SavedModel's saved_model.pb alone; give the folder");
    assertThat(problem(new byte[] {10, 120, 1}))
        .contains("the file does not read as a TensorFlow GraphDef: it is cut off");
    assertThat(problem("hello, world")).contains("does not read as a TensorFlow GraphDef");
    assertThat(problem(new byte[] {34, 3, 8, (byte) 0xda, 14})).contains("there is no node in it");
  }

  @Test
  void foldersWithoutASavedModelSayWhatTheyHold() {
    assertThat(problem(Map.of())).contains("the folder is empty");
    assertThat(problem(Map.of("1/saved_model.pb", new byte[1], "2/saved_model.pb", new byte[1])))
        .isEqualTo(
            "m: the folder holds no saved_model.pb itself but folders that do: give one of 1, 2");
    assertThat(problem(Map.of("frozen.pb", new byte[1])))
        .contains("give the file itself: frozen.pb");
    assertThat(problem(Map.of("a.txt", new byte[1])))
        .contains("it is no SavedModel; it holds a.txt");
    assertThat(problem(Map.of("config.json", new byte[1])))
        .contains("Keras files are not supported");
    assertThat(problem(Map.of("saved_model.pb", new byte[0]))).contains("saved_model.pb is empty");
  }

  @Test
  void textFormatIsReadAsWell() throws Exception {
    byte[] binary =
        new Graphs()
            .placeholder("x", FLOAT, -1, 2, 2, 3)
            .node("Neg", "y", List.of("x"), "T", FLOAT)
            .bytes();
    String text = TextFormat.printer().printToString(GraphDef.parseFrom(binary));
    ResolvedModel model = resolve(text.getBytes(UTF_8), request(null));
    assertThat(model.fetches())
        .containsExactly(
            new TensorSpec("y", "y:0", io.stoker.model.DataType.FLOAT32, List.of(-1L, 2L, 2L, 3L)));
    assertThat(problem("node { name: \"x\" op: \"Placeholder\" ")).contains("text-format GraphDef");
  }

  @Test
  void theDigestIsThatOfTheBytes() throws Exception {
    byte[] graph = twoInputs().bytes();
    ResolvedModel one = resolve(graph, request("negative", "scale", "2"));
    ResolvedModel other = resolve(graph, request("positive", "scale", "3"));
    assertThat(one.sha256()).hasSize(64).isEqualTo(other.sha256());
    var digest = java.security.MessageDigest.getInstance("SHA-256").digest(graph);
    assertThat(one.sha256()).isEqualTo(java.util.HexFormat.of().formatHex(digest));
  }

  // ---- outputs

  @Test
  void severalOutputsAreListedWithTheirShapes() {
    assertThat(problem(twoInputs().bytes()))
        .isEqualTo(
            "m: several tensors could be the output; choose with --fetch: negative [?, 2, 2, 3]"
                + " float32, positive [?, 2, 2, 3] float32");
  }

  @Test
  void unknownFetchesGetTheNearestNames() {
    assertThat(problem(twoInputs().bytes(), request("Positiv:0")))
        .startsWith("m: the model has no tensor named Positiv:0; the nearest are positive, ");
    assertThat(problem(twoInputs().bytes(), request("negative:3")))
        .contains("the graph has no tensor 'negative:3': its node has 1 outputs");
    assertThat(
            problem(
                twoInputs().bytes(),
                new ModelRequest(null, null, List.of("scaled", "scaled:0"), Map.of(), false)))
        .isEqualTo("m: tensor scaled:0 is fetched twice; leave one --fetch out");
  }

  @Test
  void aFrozenGraphHasNoSignatures() {
    assertThat(
            problem(
                twoInputs().bytes(),
                new ModelRequest("serving_default", null, List.of(), Map.of(), false)))
        .contains("a frozen graph has no signatures: leave --signature out");
  }

  // ---- inputs

  @Test
  void severalImageInputsAreListed() {
    byte[] graph =
        new Graphs()
            .placeholder("left", FLOAT, -1, 2, 2, 3)
            .placeholder("right", FLOAT, -1, 2, 2, 3)
            .node("AddV2", "y", List.of("left", "right"), "T", FLOAT)
            .bytes();
    assertThat(problem(graph))
        .isEqualTo(
            "m: several inputs could take the image; choose with --input: left [?, 2, 2, 3]"
                + " float32, right [?, 2, 2, 3] float32");
    assertThat(problem(graph, new ModelRequest(null, "left", List.of(), Map.of(), false)))
        .isEqualTo("m: input right [?, 2, 2, 3] float32 needs a value: --feed right=VALUE");
    assertThat(problem(graph, new ModelRequest(null, "lefd", List.of(), Map.of(), false)))
        .isEqualTo(
            "m: the model has no input named lefd; the nearest are left, right (inputs: left [?, 2,"
                + " 2, 3] float32, right [?, 2, 2, 3] float32)");
  }

  @Test
  void missingAndWrongFeedsAreListedAtOnce() {
    Graphs graph =
        twoInputs()
            .placeholder("training", DataType.DT_BOOL)
            .node("NoOp", "after", List.of("^training"))
            .node("Identity", "y", List.of("scaled", "^after"), "T", FLOAT);
    assertThat(problem(graph.bytes(), request("y")))
        .isEqualTo(
            "m: input scale [] float32 needs a value: --feed scale=VALUE\n"
                + "m: input training [] bool needs a value: --feed training=VALUE");
    assertThat(problem(graph.bytes(), request("y", "scale", "much", "trainin", "1", "image", "1")))
        .contains("m: --feed scale=much: 'much' is no float32 value")
        .contains("m: --feed trainin names no input; the inputs are image")
        .contains("m: input image takes the image; it cannot have a --feed as well")
        .contains("m: input training [] bool needs a value");
  }

  @Test
  void feedsBecomeConstants() throws Exception {
    ResolvedModel model = resolve(twoInputs().bytes(), request("scaled", "scale", "0.5"));
    float[] pixels = {2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24};
    assertThat(run(model, 1, pixels)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    assertThat(model.input())
        .isEqualTo(
            new TensorSpec(
                "image", "image:0", io.stoker.model.DataType.FLOAT32, List.of(-1L, 2L, 2L, 3L)));
  }

  @Test
  void aFeedForOneImageIsRepeatedForTheBatch() throws Exception {
    byte[] graph =
        new Graphs()
            .placeholder("image", FLOAT, -1, 1, 1, 3)
            .placeholder("place", DataType.DT_HALF, -1, 2)
            .ints("flat", -1, 3)
            .node("Reshape", "pixels", List.of("image", "flat"), "T", FLOAT)
            .node("Cast", "places", List.of("place"), "SrcT", DataType.DT_HALF, "DstT", FLOAT)
            .ints("axes", 1)
            .node(
                "ConcatV2",
                "y",
                List.of("pixels", "places", "axis"),
                "T",
                FLOAT,
                "N",
                2,
                "Tidx",
                DataType.DT_INT32)
            .node("Squeeze", "axis", List.of("axes"), "T", DataType.DT_INT32)
            .bytes();
    ResolvedModel model = resolve(graph, request("y", "place", "[7, 8.5]"));
    assertThat(run(model, 2, 1, 2, 3, 4, 5, 6)).containsExactly(1, 2, 3, 7, 8.5f, 4, 5, 6, 7, 8.5f);
    assertThat(problem(graph, request("y", "place", "[7]")))
        .isEqualTo("m: --feed place=[7] has the shape [1], expected [?, 2] float16");
  }

  @Test
  void defaultsNeedNoFeed() throws Exception {
    byte[] graph =
        new Graphs()
            .placeholder("image", FLOAT, -1, 1, 1, 1)
            .floats("two", new long[] {}, 2)
            .node(
                "PlaceholderWithDefault",
                "scale",
                List.of("two"),
                "dtype",
                FLOAT,
                "shape",
                Graphs.shape())
            .node("Mul", "y", List.of("image", "scale"), "T", FLOAT)
            .bytes();
    assertThat(run(resolve(graph, request("y")), 1, 3)).containsExactly(6);
    assertThat(run(resolve(graph, request("y", "scale", "5")), 1, 3)).containsExactly(15);
  }

  @Test
  void anyTensorCanBeTheInput() throws Exception {
    byte[] graph =
        new Graphs()
            .placeholder("files", DataType.DT_STRING)
            .node("DecodeJpeg", "decoded", List.of("files"), "channels", 3)
            .ints("batch", 0)
            .node(
                "ExpandDims",
                "pixels",
                List.of("decoded", "batch"),
                "T",
                DataType.DT_UINT8,
                "Tdim",
                DataType.DT_INT32)
            .node(
                "Cast", "y", List.of("pixels", "^files"), "SrcT", DataType.DT_UINT8, "DstT", FLOAT)
            .bytes();
    assertThat(problem(graph))
        .isEqualTo(
            "m: there is nothing to feed an image to: no input is [batch, height, width, channels]"
                + " of numbers; there are files [] string. If one of them is, or another"
                + " tensor can be replaced, name it with --input");
    ModelRequest request = new ModelRequest(null, "pixels", List.of(), Map.of(), false);
    assertThatThrownBy(() -> resolve(graph, request))
        .hasMessage("m: input files [] string needs a value: --feed files=VALUE");
    var free = GraphDef.parseFrom(graph).toBuilder();
    free.getNodeBuilder(4).clearInput().addInput("pixels").addInput("^pixels");
    ResolvedModel model = resolve(free.build().toByteArray(), request);
    assertThat(model.input().name()).isEqualTo("pixels");
    assertThat(model.input().describe()).isEqualTo("[1, ?, ?, 3] uint8");
    assertThat(GraphDef.parseFrom(model.graph()).getNodeList())
        .extracting(NodeDef::getOp)
        .containsExactlyInAnyOrder("Placeholder", "Cast");
  }

  @Test
  void inputsThatTakeNoImagesSayWhy() {
    byte[] graph =
        new Graphs()
            .placeholder("x", FLOAT, -1, 784)
            .node("Neg", "y", List.of("x"), "T", FLOAT)
            .bytes();
    assertThat(problem(graph, new ModelRequest(null, "x", List.of(), Map.of(), false)))
        .contains("input x cannot take images: it is [?, 784] float32 and takes flat vectors");
  }

  // ---- ops

  @Test
  void allRefusedOpsAreListedAtOnce() {
    byte[] graph =
        new Graphs()
            .placeholder("x", FLOAT, -1, 1, 1, 1)
            .node("WriteFile", "write", List.of("x", "x"))
            .node("MyOwnOp", "mine", List.of("x"))
            .node("VariableV2", "weights", List.of())
            .node("Identity", "y", List.of("x", "^write", "^mine", "^weights"), "T", FLOAT)
            .bytes();
    assertThat(problem(graph))
        .isEqualTo(
            """
            m: the graph is not frozen: it has variables, whose values are not in this file: \
            VariableV2 (weights). Give the SavedModel's folder, or freeze the graph first \
            (convert_variables_to_constants)
            m: TensorFlow 2.18 does not know these ops: MyOwnOp (mine); models with custom op \
            libraries are not supported
            m: the model uses ops that can touch files, network, processes, Python or another run's \
            state: WriteFile (write). Export it without them, or pass --trust-model if you trust \
            where it comes from""");
  }

  @Test
  void aTrustedModelMayUseThem() throws Exception {
    byte[] graph =
        new Graphs()
            .placeholder("x", FLOAT, -1, 1, 1, 1)
            .floats("seconds", new long[] {}, 1)
            .node("Timestamp", "time", List.of())
            .node("Identity", "y", List.of("x", "^time"), "T", FLOAT)
            .bytes();
    assertThat(problem(graph)).contains("Timestamp (time)");
    resolve(graph, new ModelRequest(null, null, List.of(), Map.of(), true));
  }

  // ---- tools

  private static ModelRequest request(@Nullable String fetch, String... feeds) {
    var values = new java.util.LinkedHashMap<String, String>();
    for (int i = 0; i < feeds.length; i += 2) {
      values.put(feeds[i], feeds[i + 1]);
    }
    return new ModelRequest(null, null, fetch == null ? List.of() : List.of(fetch), values, false);
  }

  private static ResolvedModel resolve(byte[] graph, ModelRequest request) throws ModelException {
    return ModelLoader.resolve(new ModelFile("m", Map.of("", graph)), request, NO_SCRATCH);
  }

  private static String problem(String content) {
    return problem(content.getBytes(UTF_8));
  }

  private static String problem(byte[] graph) {
    return problem(graph, request(null));
  }

  private static String problem(byte[] graph, ModelRequest request) {
    return problem(Map.of("", graph), request);
  }

  private static String problem(Map<String, byte[]> entries) {
    return problem(entries, request(null));
  }

  private static String problem(Map<String, byte[]> entries, ModelRequest request) {
    try {
      ModelLoader.resolve(new ModelFile("m", entries), request, NO_SCRATCH);
      throw new AssertionError("was not refused");
    } catch (ModelException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static float[] run(ResolvedModel model, int batch, float... pixels) throws Exception {
    List<Long> shape = Objects.requireNonNull(model.input().shape());
    long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
    sizes[0] = batch;
    try (var value = NativeTensor.floats(sizes, pixels)) {
      return GraphRuns.run(
              model.graph(),
              List.of(model.input().tensor()),
              List.of(value),
              List.of(model.fetches().get(0).tensor()))
          .get(0)
          .floats();
    }
  }
}
