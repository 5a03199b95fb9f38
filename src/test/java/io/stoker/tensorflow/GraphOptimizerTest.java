package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.model.DataType;
import io.stoker.model.ModelFile;
import io.stoker.model.ModelOptimization;
import io.stoker.model.ModelRequest;
import io.stoker.model.ResolvedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.VersionDef;

/** A graph is smaller after it, and its answers are the same. */
@Timeout(60)
final class GraphOptimizerTest {
  private static final org.tensorflow.proto.DataType FLOAT = Models.FLOAT;
  private static final org.tensorflow.proto.DataType INT32 = Models.INT32;
  private static final int CHANNELS = 4;

  private Object openBefore = new Object();

  @BeforeEach
  void count() {
    openBefore = NativeCounters.open();
  }

  @AfterEach
  void nothingNativeIsLeftOpen() {
    assertThat(NativeCounters.open()).isEqualTo(openBefore);
  }

  // ---- the property

  static LongStream seeds() {
    Long seed = Long.getLong("stoker.seed");
    return seed == null ? LongStream.range(0, 60) : LongStream.of(seed);
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void answersAgreeBeforeAndAfter(long seed) throws Exception {
    answersAgree(seed, false);
  }

  /** The CPU's convolutions know NHWC only; the session converts the layout, as a model's does. */
  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void answersAgreeBeforeAndAfterWithChannelsFirst(long seed) throws Exception {
    answersAgree(seed, true);
  }

  private static void answersAgree(long seed, boolean channelsFirst) throws Exception {
    var network = new RandomNetwork(seed, channelsFirst);
    ModelGraph before = graph(network.bytes());
    var roots = new HashSet<>(network.fetches());
    roots.add("x");

    GraphOptimizer.Optimized after = GraphOptimizer.optimize(before, roots, 1);

    assertThat(after.report().problem()).isNull();
    assertThat(after.graph().nodes()).hasSizeLessThanOrEqualTo(before.nodes().size());
    assertThat(ops(after.graph())).doesNotContain("StopGradient");
    float[] x = gaussians(seed, RandomNetwork.BATCH * 81 * RandomNetwork.CHANNELS);
    long[] shape = {RandomNetwork.BATCH, 9, 9, RandomNetwork.CHANNELS};
    assertSame(
        run(after.graph(), shape, x, network.fetches()), run(before, shape, x, network.fetches()));
  }

  /** Without this, the property could hold because nothing is ever folded. */
  @Test
  void theRandomNetworksHaveNormalisationsThatFoldAndSuchThatDoNot() throws Exception {
    int folded = 0;
    int left = 0;
    for (long seed = 0; seed < 60; seed++) {
      for (boolean channelsFirst : new boolean[] {false, true}) {
        var network = new RandomNetwork(seed, channelsFirst);
        var roots = new HashSet<>(network.fetches());
        roots.add("x");
        ModelOptimization report =
            GraphOptimizer.optimize(graph(network.bytes()), roots, 1).report();
        folded += report.batchNormsFolded();
        left += report.batchNormsLeft();
      }
    }
    assertThat(folded).isGreaterThan(100);
    assertThat(left).isGreaterThan(10);
  }

  // ---- batch norms

  @Test
  void aNormalisationIsGoneAndItsNameStays() throws Exception {
    GraphOptimizer.Optimized after = optimize(norm(conv(images())), "norm");

    assertThat(opOf(after, "norm")).isEqualTo("BiasAdd");
    assertThat(after.graph().nodes()).hasSize(5); // x, kernel, conv, bias, sum
    assertThat(after.report()).isEqualTo(new ModelOptimization(8, 5, 0, 1, 0, null));
  }

  @Test
  void severalBiasesAndNormalisationsBecomeOneBias() throws Exception {
    Graphs graph = conv(images());
    vector(graph, "bias", 3);
    graph.node("BiasAdd", "biased", List.of("conv", "bias"), "T", FLOAT);
    norm(graph, "norm", "biased", FLOAT, "NHWC", false);
    norm(graph, "again", "norm", FLOAT, "NHWC", false);
    graph.node("Add", "sum", List.of("bias", "again"), "T", FLOAT);
    graph.node("Relu", "y", List.of("sum"), "T", FLOAT);

    GraphOptimizer.Optimized after = optimizedAndSame(graph, images(2), "y");

    assertThat(after.report().batchNormsFolded()).isEqualTo(2);
    assertThat(after.graph().nodes()).hasSize(6);
  }

  static Stream<Product> products() {
    return Stream.of(
        new Product("Conv2D", new long[] {-1, 6, 6, 3}, new long[] {3, 3, 3, CHANNELS}, "NHWC"),
        new Product("Conv2D", new long[] {-1, 3, 6, 6}, new long[] {3, 3, 3, CHANNELS}, "NCHW"),
        new Product(
            "DepthwiseConv2dNative",
            new long[] {-1, 6, 6, 2},
            new long[] {3, 3, 2, CHANNELS / 2},
            "NHWC"),
        new Product(
            "Conv3D", new long[] {-1, 4, 4, 4, 2}, new long[] {2, 2, 2, 2, CHANNELS}, "NDHWC"),
        new Product("MatMul", new long[] {-1, 7}, new long[] {7, CHANNELS}, ""),
        new Product("MatMul", new long[] {-1, 7}, new long[] {CHANNELS, 7}, "transposed"));
  }

  record Product(String op, long[] input, long[] kernel, String layout) {
    @Override
    public String toString() {
      return op + " " + layout;
    }

    private void add(Graphs graph) {
      graph.placeholder("x", FLOAT, input);
      int count = (int) Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
      graph.floats("kernel", kernel, gaussians(count, count));
      if (op.equals("MatMul")) {
        boolean transposed = layout.equals("transposed");
        graph.node(op, "product", List.of("x", "kernel"), "T", FLOAT, "transpose_b", transposed);
      } else {
        int[] ones = new int[input.length];
        Arrays.fill(ones, 1);
        graph.node(
            op,
            "product",
            List.of("x", "kernel"),
            "T",
            FLOAT,
            "strides",
            ones,
            "padding",
            "SAME",
            "data_format",
            layout);
      }
    }

    private long[] inputOf(int batch) {
      long[] shape = input.clone();
      shape[0] = batch;
      return shape;
    }
  }

  /** Written out, as it must be for a matrix product; all channels have other numbers. */
  @ParameterizedTest
  @MethodSource("products")
  void eachKindOfProductTakesAScale(Product product) throws Exception {
    var graph = new Graphs();
    product.add(graph);
    long[] shape =
        product.layout().equals("NCHW") ? new long[] {1, CHANNELS, 1, 1} : new long[] {CHANNELS};
    graph.floats("factor", shape, 1, -2, 3, 0.5f);
    graph.floats("offset", shape, 4, 3, -2, 1);
    graph.node("Mul", "scaled", List.of("product", "factor"), "T", FLOAT);
    graph.node("AddV2", "y", List.of("scaled", "offset"), "T", FLOAT);

    GraphOptimizer.Optimized after = optimizedAndSame(graph, product.inputOf(2), "y");

    assertThat(after.report().batchNormsFolded()).isEqualTo(1);
    assertThat(ops(after.graph())).contains("BiasAdd").doesNotContain("Mul", "AddV2");
  }

  @Test
  void volumesWithChannelsFirstGetASum() throws Exception {
    var graph = new Graphs();
    new Product("Conv3D", new long[] {-1, 2, 4, 4, 4}, new long[] {2, 2, 2, 2, CHANNELS}, "NCDHW")
        .add(graph);
    norm(graph, "norm", "product", FLOAT, "NCDHW", false);

    GraphOptimizer.Optimized after = optimize(graph, "norm");

    // The CPU has no such convolution, so only what it would be is looked at.
    assertThat(opOf(after, "norm")).isEqualTo("AddV2");
    try (var shapes = NativeGraph.of(after.graph().toProto().toByteArray())) {
      assertThat(shapes.shape("norm:0")).containsExactly(-1L, (long) CHANNELS, 4L, 4L, 4L);
    }
  }

  @Test
  void aConvolutionWithAnotherConsumerIsLeftAlone() throws Exception {
    Graphs graph = norm(conv(images()));
    graph.node("Relu", "other", List.of("conv"), "T", FLOAT);
    assertLeft(optimizedAndSame(graph, images(2), "norm", "other"));
  }

  @Test
  void aConvolutionThatIsFetchedIsLeftAlone() throws Exception {
    assertLeft(optimizedAndSame(norm(conv(images())), images(2), "norm", "conv"));
  }

  @Test
  void aConvolutionThatIsWaitedForIsLeftAlone() throws Exception {
    Graphs graph = norm(conv(images()));
    graph.node("Relu", "y", List.of("norm", "^conv"), "T", FLOAT);
    assertLeft(optimizedAndSame(graph, images(2), "y"));
  }

  @Test
  void aNormalisationThatWaitsIsLeftAlone() throws Exception {
    Graphs graph = conv(images());
    moments(graph);
    graph.node("Relu", "first", List.of("x"), "T", FLOAT);
    graph.node(
        "FusedBatchNormV3",
        "norm",
        List.of("conv", "norm/a", "norm/b", "norm/c", "norm/d", "^first"),
        "T",
        FLOAT,
        "U",
        FLOAT,
        "is_training",
        false);
    assertLeft(optimizedAndSame(graph, images(2), "norm"));
  }

  @Test
  void aNormalisationThatLearnsIsLeftAlone() throws Exception {
    assertLeft(optimize(norm(conv(images()), "norm", "conv", FLOAT, "NHWC", true), "norm"));
  }

  @Test
  void aNormalisationOfAnotherLayoutIsLeftAlone() throws Exception {
    assertLeft(optimize(norm(conv(images()), "norm", "conv", FLOAT, "NCHW", false), "norm"));
  }

  @Test
  void aNormalisationWithoutAProductIsLeftAlone() throws Exception {
    Graphs graph = conv(images());
    graph.node("Relu", "relu", List.of("conv"), "T", FLOAT);
    norm(graph, "norm", "relu", FLOAT, "NHWC", false);
    assertLeft(optimizedAndSame(graph, images(2), "norm"));
  }

  @Test
  void aNormalisationWhoseMomentsAreUsedIsLeftAlone() throws Exception {
    Graphs graph = norm(conv(images()));
    graph.node("Relu", "y", List.of("norm:1"), "T", FLOAT);
    assertLeft(optimizedAndSame(graph, images(2), "norm", "y"));
  }

  /** The rounding of a kernel of half precision would show. */
  @Test
  void halfPrecisionIsLeftAlone() throws Exception {
    var half = org.tensorflow.proto.DataType.DT_HALF;
    var graph = new Graphs().placeholder("x", half, -1, 6, 6, 3);
    var kernel =
        TensorProto.newBuilder().setDtype(half).setTensorShape(Nodes.shape(1, 1, 3, CHANNELS));
    for (int i = 0; i < 3 * CHANNELS; i++) {
      kernel.addHalfVal(0x3c00 + i);
    }
    graph.node("Const", "kernel", List.of(), "dtype", half, "value", kernel.build());
    graph.node(
        "Conv2D",
        "conv",
        List.of("x", "kernel"),
        "T",
        half,
        "strides",
        new int[] {1, 1, 1, 1},
        "padding",
        "SAME");
    assertLeft(optimize(norm(graph, "norm", "conv", half, "NHWC", false), "norm"));
  }

  @Test
  void aKernelThatWouldNotBeFiniteIsLeftAlone() throws Exception {
    Graphs graph = conv(images());
    graph.floats("zeros", new long[] {CHANNELS}, 0, 1, 2, 3);
    graph.node("RealDiv", "y", List.of("conv", "zeros"), "T", FLOAT);
    GraphOptimizer.Optimized after = optimize(graph, "y");
    assertThat(opOf(after, "y")).isEqualTo("RealDiv");
    assertThat(after.report().batchNormsFolded()).isZero();
  }

  /** It is as long as there are channels, but belongs to columns. */
  @Test
  void aFactorForEachColumnIsNoneForEachChannel() throws Exception {
    var graph = new Graphs();
    new Product("Conv2D", new long[] {-1, 3, 6, 4}, new long[] {3, 3, 3, CHANNELS}, "NCHW")
        .add(graph);
    vector(graph, "factor", 1);
    graph.node("Mul", "y", List.of("product", "factor"), "T", FLOAT);
    assertThat(optimize(graph, "y").report().batchNormsFolded()).isZero();
  }

  @Test
  void aKernelThatTwoConvolutionsShareIsRightForBoth() throws Exception {
    Graphs graph = norm(conv(images()));
    graph.node("Neg", "negative", List.of("x"), "T", FLOAT);
    graph.node(
        "Conv2D",
        "other",
        List.of("negative", "kernel"),
        "T",
        FLOAT,
        "strides",
        new int[] {1, 1, 1, 1},
        "padding",
        "SAME");
    assertThat(optimizedAndSame(graph, images(2), "norm", "other").report().batchNormsFolded())
        .isEqualTo(1);
  }

  // ---- constants

  @Test
  void whatDependsOnConstantsOnlyIsComputed() throws Exception {
    Graphs graph = images();
    graph.ints("a", 2, 3, 4).ints("b", 1, 1, 1);
    graph.node("Sub", "c", List.of("a", "b"), "T", INT32);
    graph.node("Cast", "d", List.of("c"), "SrcT", INT32, "DstT", FLOAT);
    graph.node("Mul", "y", List.of("x", "d"), "T", FLOAT);

    GraphOptimizer.Optimized after = optimizedAndSame(graph, images(2), "y");

    assertThat(after.report()).isEqualTo(new ModelOptimization(6, 3, 2, 0, 0, null));
    assertThat(opOf(after, "d")).isEqualTo("Const");
  }

  @Test
  void aFetchedConstantKeepsItsName() throws Exception {
    Graphs graph = images();
    vector(graph, "a", 2);
    graph.node("Neg", "y", List.of("a"), "T", FLOAT);
    GraphOptimizer.Optimized after = optimizedAndSame(graph, images(2), "y");
    assertThat(opOf(after, "y")).isEqualTo("Const");
  }

  @Test
  void whatWouldFillTheMemoryIsNotComputed() throws Exception {
    Graphs graph = images();
    graph.ints("sizes", 1 << 10, 1 << 10, 1 << 6).floats("one", new long[0], 1);
    graph.node("Fill", "fill", List.of("sizes", "one"), "T", FLOAT, "index_type", INT32);
    graph.ints("axes", 0, 1, 2);
    graph.node("Sum", "sum", List.of("fill", "axes"), "T", FLOAT, "Tidx", INT32);
    graph.node("Mul", "y", List.of("x", "sum"), "T", FLOAT);

    GraphOptimizer.Optimized after = optimize(graph, "y");

    assertThat(opOf(after, "fill")).isEqualTo("Fill");
    assertThat(after.report().constantsFolded()).isZero();
    assertThat(after.report().problem()).isNull();
  }

  /** Each doubles the last: small steps that end at an exabyte. */
  @Test
  void aChainThatDoublesStopsEarly() throws Exception {
    Graphs graph = images();
    graph.floats("a0", new long[] {1024}, gaussians(1, 1024));
    graph.integer("axis", 0);
    for (int i = 0; i < 40; i++) {
      graph.node(
          "ConcatV2",
          "a" + (i + 1),
          List.of("a" + i, "a" + i, "axis"),
          "N",
          2,
          "T",
          FLOAT,
          "Tidx",
          INT32);
    }
    graph.node("Neg", "y", List.of("a40"), "T", FLOAT);

    GraphOptimizer.Optimized after = optimize(graph, "y");

    assertThat(after.graph().toProto().getSerializedSize()).isLessThan(64 << 20);
    assertThat(ops(after.graph())).contains("ConcatV2");
  }

  /** A constant may be a few bytes in the file and a gigabyte in memory. */
  @Test
  void aRepeatedNumberIsNotWrittenOut() throws Exception {
    Graphs graph = images();
    graph.floats("large", new long[] {1 << 24}, 1);
    graph.node("Neg", "negative", List.of("large"), "T", FLOAT);
    graph.node("Relu", "y", List.of("negative"), "T", FLOAT);
    GraphOptimizer.Optimized after = optimize(graph, "y");
    assertThat(after.graph().toProto().getSerializedSize()).isLessThan(1 << 20);
  }

  @Test
  void aRandomNumberIsNewInEachRun() throws Exception {
    Graphs graph = images();
    graph.ints("sizes", 1, 6, 6, 3);
    graph.node("RandomUniform", "random", List.of("sizes"), "dtype", FLOAT, "T", INT32);
    graph.node("AddV2", "y", List.of("x", "random"), "T", FLOAT);
    GraphOptimizer.Optimized after = optimize(graph, "y");
    assertThat(opOf(after, "random")).isEqualTo("RandomUniform");
    assertThat(after.report().constantsFolded()).isZero();
  }

  /** Whoever trusts a model lets it read files when it predicts, not when it is loaded. */
  @Test
  void anOpThatReachesBeyondItsInputsIsNotRunOnLoading(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("written-by-model");
    Graphs graph = images();
    graph.text("path", file.toString()).text("contents", "x");
    graph.node("WriteFile", "write", List.of("path", "contents"));
    graph.node("Identity", "y", List.of("x", "^write"), "T", FLOAT);
    GraphOptimizer.Optimized after = optimize(graph, "y");
    assertThat(opOf(after, "write")).isEqualTo("WriteFile");
    assertThat(file).doesNotExist();
  }

  /** In a branch of TensorFlow 1, a constant waits for the branch to be taken. */
  @ParameterizedTest
  @CsvSource({"1", "-1"})
  void branchesStayBranches(float sign) throws Exception {
    Graphs graph = images();
    graph.floats("none", new long[0], 0).ints("axes", 0, 1, 2, 3);
    graph.node("Max", "largest", List.of("x", "axes"), "T", FLOAT, "Tidx", INT32);
    graph.node("Greater", "positive", List.of("largest", "none"), "T", FLOAT);
    graph.node(
        "Switch",
        "switch",
        List.of("positive", "positive"),
        "T",
        org.tensorflow.proto.DataType.DT_BOOL);
    graph.node("Identity", "then", List.of("switch:1"), "T", org.tensorflow.proto.DataType.DT_BOOL);
    graph.node("Identity", "else", List.of("switch"), "T", org.tensorflow.proto.DataType.DT_BOOL);
    for (String branch : List.of("then", "else")) {
      var value =
          TensorProto.newBuilder()
              .setDtype(FLOAT)
              .setTensorShape(Nodes.shape(1))
              .addFloatVal(branch.length() + branch.charAt(0));
      graph.node(
          "Const",
          branch + "/value",
          List.of("^" + branch),
          "dtype",
          FLOAT,
          "value",
          value.build());
      graph.node("Neg", branch + "/negative", List.of(branch + "/value"), "T", FLOAT);
    }
    graph.node("Merge", "merged", List.of("else/negative", "then/negative"), "N", 2, "T", FLOAT);
    graph.node("Identity", "y", List.of("merged"), "T", FLOAT);
    float[] x = new float[2 * 6 * 6 * 3];
    Arrays.fill(x, sign);

    GraphOptimizer.Optimized after = optimize(graph, "y");

    List<String> fetches = List.of("y");
    List<GraphRuns.Output> answers = run(after.graph(), images(2), x, fetches);
    assertSame(answers, run(graph(graph.bytes()), images(2), x, fetches));
    assertThat(after.report().constantsFolded()).isZero();
  }

  @Test
  void whatCannotBeComputedLeavesTheGraphAsItWas() throws Exception {
    Graphs graph = images();
    graph.ints("a", 1, 2, 3).ints("zeros", 0, 0, 0);
    graph.node("FloorDiv", "quotient", List.of("a", "zeros"), "T", INT32);
    graph.node("Cast", "b", List.of("quotient"), "SrcT", INT32, "DstT", FLOAT);
    graph.node("Mul", "y", List.of("x", "b"), "T", FLOAT);
    ModelGraph before = graph(graph.bytes());

    GraphOptimizer.Optimized after = GraphOptimizer.optimize(before, Set.of("x", "y"), 1);

    assertThat(after.graph()).isSameAs(before);
    assertThat(after.report().problem()).containsIgnoringCase("division by zero");
    assertThat(after.report().describe()).startsWith("graph of 6 nodes not optimised: ");
  }

  /** The author wants an error instead of an answer. */
  @Test
  void aCheckOfNumbersStays() throws Exception {
    Graphs graph = images();
    graph.node("CheckNumerics", "checked", List.of("x"), "T", FLOAT, "message", "not finite");
    graph.node("Relu", "y", List.of("checked"), "T", FLOAT);
    assertThat(opOf(optimize(graph, "y"), "checked")).isEqualTo("CheckNumerics");
  }

  // ---- nodes

  @Test
  void whatNoFetchNeedsIsGone() throws Exception {
    Graphs graph = images();
    graph.node("Relu", "y", List.of("x"), "T", FLOAT);
    graph.node("Neg", "dead", List.of("x"), "T", FLOAT);
    assertThat(optimize(graph, "y").graph().nodes().keySet()).containsExactly("x", "y");
  }

  @Test
  void aLongChainThatOnlyHandsOnIsGone() throws Exception {
    Graphs graph = images();
    String at = "x";
    for (int i = 0; i < 10_000; i++) {
      graph.node("Identity", "i" + i, List.of(at), "T", FLOAT);
      at = "i" + i;
    }
    graph.node("Relu", "y", List.of(at), "T", FLOAT);
    assertThat(optimize(graph, "y").graph().nodes().keySet()).containsExactly("x", "y");
  }

  @Test
  void aNodeThatOthersWaitForStays() throws Exception {
    Graphs graph = images();
    graph.node("Identity", "waited", List.of("x"), "T", FLOAT);
    graph.node("Relu", "y", List.of("x", "^waited"), "T", FLOAT);
    assertThat(optimize(graph, "y").graph().nodes()).containsKey("waited");
  }

  // ---- functions

  /** Twice the same function, which calls another; each has its own argument. */
  @Test
  void functionsArePutInPlaceAndTheirNormalisationsFold() throws Exception {
    ModelGraph before = calls();

    GraphOptimizer.Optimized after =
        GraphOptimizer.optimize(before, Set.of("x", "second", "first"), 1);

    assertThat(after.report().problem()).isNull();
    assertThat(after.graph().functions()).isEmpty();
    assertThat(after.report().batchNormsFolded()).isEqualTo(2);
    float[] x = gaussians(5, 2 * 6 * 6 * CHANNELS);
    List<String> fetches = List.of("first:0", "second:0", "first:1");
    long[] shape = {2, 6, 6, CHANNELS};
    assertSame(run(after.graph(), shape, x, fetches), run(before, shape, x, fetches));
  }

  private static ModelGraph calls() throws Exception {
    Graphs body = new Graphs();
    moments(body);
    body.floats("kernel", new long[] {1, 1, CHANNELS, CHANNELS}, gaussians(3, CHANNELS * CHANNELS));
    GraphDef constants = GraphDef.parseFrom(body.bytes());
    var inner =
        FunctionDef.newBuilder()
            .setSignature(
                OpDef.newBuilder()
                    .setName("inner")
                    .addInputArg(argument("images"))
                    .addInputArg(argument("kernel_value"))
                    .addOutputArg(argument("normalised"))
                    .addOutputArg(argument("same")))
            .addAllNodeDef(
                constants.getNodeList().stream()
                    .filter(node -> !node.getName().equals("kernel"))
                    .toList())
            .addNodeDef(
                Nodes.node("Conv2D", "conv", "images", "kernel_value")
                    .putAttr("T", Nodes.type(FLOAT))
                    .putAttr("strides", ints(1, 1, 1, 1))
                    .putAttr(
                        "padding",
                        Nodes.bytes(com.google.protobuf.ByteString.copyFromUtf8("SAME"))))
            .addNodeDef(
                Nodes.node(
                        "FusedBatchNormV3",
                        "norm",
                        "conv:output:0",
                        "norm/a:output:0",
                        "norm/b:output:0",
                        "norm/c:output:0",
                        "norm/d:output:0")
                    .putAttr("T", Nodes.type(FLOAT))
                    .putAttr("U", Nodes.type(FLOAT))
                    .putAttr("is_training", Nodes.bool(false)))
            .putRet("normalised", "norm:y:0")
            .putRet("same", "images")
            .build();
    var outer =
        FunctionDef.newBuilder()
            .setSignature(
                OpDef.newBuilder()
                    .setName("outer")
                    .addInputArg(argument("images"))
                    .addOutputArg(argument("same"))
                    .addOutputArg(argument("answer")))
            .addNodeDef(constants.getNode(constants.getNodeCount() - 1))
            .addNodeDef(
                call("call", "inner", 2, "images", "kernel:output:0").toBuilder()
                    .putAttr("Tout", types(2)))
            .addNodeDef(Nodes.node("Relu", "relu", "call:output:0").putAttr("T", Nodes.type(FLOAT)))
            .putRet("same", "call:output:1")
            .putRet("answer", "relu:activations:0")
            .build();
    var graph =
        GraphDef.newBuilder()
            .setVersions(VersionDef.newBuilder().setProducer(1882))
            .addNode(Nodes.placeholder("x", FLOAT, Nodes.shape(-1, 6, 6, CHANNELS)))
            .addNode(call("first", "outer", 2, "x"))
            .addNode(call("second", "outer", 2, "first:1"));
    graph.getLibraryBuilder().addFunction(inner).addFunction(outer);
    return ModelGraph.of(graph.build());
  }

  private static OpDef.ArgDef argument(String name) {
    return OpDef.ArgDef.newBuilder().setName(name).setType(FLOAT).build();
  }

  private static NodeDef call(String name, String function, int results, String... inputs) {
    return Nodes.node("StatefulPartitionedCall", name, inputs)
        .putAttr("Tin", types(inputs.length))
        .putAttr("Tout", types(results))
        .putAttr(
            "f",
            AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(function)).build())
        .build();
  }

  private static AttrValue types(int count) {
    var list = AttrValue.ListValue.newBuilder();
    IntStream.range(0, count).forEach(i -> list.addType(FLOAT));
    return AttrValue.newBuilder().setList(list).build();
  }

  private static AttrValue ints(long... values) {
    var list = AttrValue.ListValue.newBuilder();
    Arrays.stream(values).forEach(list::addI);
    return AttrValue.newBuilder().setList(list).build();
  }

  // ---- through the loader

  /** A fed value is a constant, and what it decides is decided. */
  @Test
  void theLoaderOptimizesAndSaysSo(@TempDir Path scratch) throws Exception {
    Graphs graph = norm(conv(images()));
    graph.placeholder("keep", FLOAT);
    graph.node("Neg", "negative", List.of("keep"), "T", FLOAT);
    graph.node("Mul", "y", List.of("norm", "negative"), "T", FLOAT);
    var file = new ModelFile("model.pb", Map.of("", graph.bytes()));
    var request = new ModelRequest(null, null, List.of(), Map.of("keep", "0.5"), false);

    ResolvedModel model = ModelLoader.resolve(file, request, scratch, 1);

    assertThat(model.optimization().problem()).isNull();
    assertThat(model.optimization().batchNormsFolded()).isEqualTo(1);
    assertThat(model.optimization().constantsFolded()).isEqualTo(1);
    assertThat(model.optimization().describe())
        .isEqualTo(
            "graph optimised from 11 to 5 nodes, 1 constants folded, 1 batch norms folded, 0 left");
    assertThat(ops(graph(model.graph())))
        .containsExactly("BiasAdd", "Const", "Conv2D", "Placeholder");
    assertThat(model.fetches().get(0).shape()).containsExactly(-1L, 6L, 6L, (long) CHANNELS);
  }

  // ---- tools

  private static Graphs images() {
    return new Graphs().placeholder("x", FLOAT, -1, 6, 6, 3);
  }

  private static long[] images(int batch) {
    return new long[] {batch, 6, 6, 3};
  }

  private static Graphs conv(Graphs graph) {
    graph.floats("kernel", new long[] {3, 3, 3, CHANNELS}, gaussians(9, 27 * CHANNELS));
    return graph.node(
        "Conv2D",
        "conv",
        List.of("x", "kernel"),
        "T",
        FLOAT,
        "strides",
        new int[] {1, 1, 1, 1},
        "padding",
        "SAME");
  }

  private static Graphs norm(Graphs graph) {
    return norm(graph, "norm", "conv", FLOAT, "NHWC", false);
  }

  private static Graphs norm(
      Graphs graph,
      String name,
      String input,
      org.tensorflow.proto.DataType type,
      String layout,
      boolean training) {
    if (name.equals("norm")) {
      moments(graph);
    }
    return graph.node(
        "FusedBatchNormV3",
        name,
        List.of(input, "norm/a", "norm/b", "norm/c", "norm/d"),
        "T",
        type,
        "U",
        FLOAT,
        "is_training",
        training,
        "data_format",
        layout);
  }

  private static void moments(Graphs graph) {
    for (String moment : List.of("a", "b", "c", "d")) {
      vector(graph, "norm/" + moment, moment.charAt(0) - 'a' + 1);
    }
  }

  /** Of positive numbers. */
  private static void vector(Graphs graph, String name, float first) {
    graph.floats(name, new long[] {CHANNELS}, first, first + 1.5f, first + 0.25f, first + 3);
  }

  private static GraphOptimizer.Optimized optimize(Graphs graph, String... fetches)
      throws Exception {
    var roots = new HashSet<>(List.of(fetches));
    roots.add("x");
    return GraphOptimizer.optimize(graph(graph.bytes()), roots, 1);
  }

  private static GraphOptimizer.Optimized optimizedAndSame(
      Graphs graph, long[] shape, String... fetches) throws Exception {
    GraphOptimizer.Optimized after = optimize(graph, fetches);
    assertThat(after.report().problem()).isNull();
    float[] x = gaussians(7, (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    List<String> names = List.of(fetches);
    assertSame(run(after.graph(), shape, x, names), run(graph(graph.bytes()), shape, x, names));
    return after;
  }

  private static void assertLeft(GraphOptimizer.Optimized after) {
    assertThat(after.report().problem()).isNull();
    assertThat(after.report().batchNormsFolded()).isZero();
    assertThat(after.report().batchNormsLeft()).isEqualTo(1);
  }

  private static ModelGraph graph(byte[] bytes) throws Exception {
    return ModelGraph.of(GraphDef.parseFrom(bytes));
  }

  private static Set<String> ops(ModelGraph graph) {
    var ops = new TreeSet<String>();
    graph.nodes().values().forEach(node -> ops.add(node.getOp()));
    return ops;
  }

  private static String opOf(GraphOptimizer.Optimized after, String node) {
    return after.graph().nodes().getOrDefault(node, NodeDef.getDefaultInstance()).getOp();
  }

  private static float[] gaussians(long seed, int count) {
    var random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** As a model runs on the CPU, whose session converts layouts. */
  private static List<GraphRuns.Output> run(
      ModelGraph graph, long[] shape, float[] x, List<String> fetches) throws Exception {
    var options = new DeviceOptions(DeviceOptions.Device.CPU, 1, 1, "", false);
    var names = new ArrayList<String>();
    fetches.forEach(fetch -> names.add(TensorName.parse(fetch).toString()));
    try (var value = NativeTensor.floats(shape, x)) {
      return GraphRuns.run(
          graph.toProto().toByteArray(),
          List.of("x:0"),
          List.of(value),
          names,
          SessionConfig.model(options));
    }
  }

  /** Within 1e-4 of each number, and 1e-5 of the largest where a sum happens to be near zero. */
  static void assertSame(List<GraphRuns.Output> got, List<GraphRuns.Output> want) {
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < got.size(); i++) {
      assertThat(got.get(i).shape()).isEqualTo(want.get(i).shape());
      assertThat(got.get(i).type()).isEqualTo(want.get(i).type()).isEqualTo(DataType.FLOAT32);
      float[] now = got.get(i).floats();
      float[] before = want.get(i).floats();
      double largest = 0;
      for (float value : before) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int j = 0; j < now.length; j++) {
        double allowed = 1e-4 * Math.abs(before[j]) + 1e-5 * largest;
        assertThat(Math.abs((double) now[j] - before[j]))
            .as("output %d, element %d: %s, expected %s", i, j, now[j], before[j])
            .isLessThanOrEqualTo(allowed);
      }
    }
  }
}
