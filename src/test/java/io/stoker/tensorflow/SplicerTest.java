package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stoker.model.ChannelOrder;
import io.stoker.model.DataType;
import io.stoker.model.Head;
import io.stoker.model.ModelException;
import io.stoker.model.ModelFile;
import io.stoker.model.ModelRequest;
import io.stoker.model.Normalization;
import io.stoker.model.ResolvedModel;
import io.stoker.model.SplicedModel;
import io.stoker.model.Tail;
import io.stoker.model.TensorSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** Head and tail against plain Java. */
@Timeout(60)
final class SplicerTest {
  private static final long SEED = Long.getLong("stoker.seed", 7);
  private static final org.tensorflow.proto.DataType FLOAT = org.tensorflow.proto.DataType.DT_FLOAT;
  private static final Path NO_SCRATCH = Path.of("not-needed");

  // ---- head

  static Stream<Arguments> normalizations() {
    return Stream.of(
            Normalization.NONE,
            Normalization.UNIT,
            Normalization.MINUS_ONE_ONE,
            Normalization.CAFFE,
            Normalization.TORCH,
            new Normalization(
                "127,128,129/2,3,4", 1, new float[] {127, 128, 129}, new float[] {2, 3, 4}))
        .flatMap(
            normalization ->
                Arrays.stream(ChannelOrder.values())
                    .filter(
                        order ->
                            order != ChannelOrder.GRAY
                                || HeadNodes.isSameForAllChannels(normalization))
                    .map(order -> Arguments.of(normalization, order)));
  }

  @ParameterizedTest
  @MethodSource("normalizations")
  void pixelsBecomeTheModelsInput(Normalization normalization, ChannelOrder order)
      throws Exception {
    int channels = order == ChannelOrder.GRAY ? 1 : 3;
    ResolvedModel model = resolve(identity(FLOAT, -1, 4, 5, channels));
    var head = new Head(4, 5, 3, DataType.UINT8, 4, 5, order, normalization, false, false);
    byte[] pixels = pixels(2 * 4 * 5 * 3);

    float[] got = run(Splicer.splice(model, head, Tail.NONE), 2, pixels).floats();

    float[] want = normalized(floats(pixels), order, normalization);
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < want.length; i++) {
      assertThat(got[i]).as("value %d, seed %d", i, SEED).isCloseTo(want[i], within(2e-5f));
    }
  }

  static Stream<Arguments> sizes() {
    return Stream.of(
        Arguments.of(7, 5, 4, 9),
        Arguments.of(8, 8, 4, 4),
        Arguments.of(3, 1, 6, 2),
        Arguments.of(1, 1, 5, 5),
        Arguments.of(33, 17, 20, 20));
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void resizingIsBilinearWithHalfPixelCentres(int height, int width, int toHeight, int toWidth)
      throws Exception {
    ResolvedModel model = resolve(identity(FLOAT, -1, toHeight, toWidth, 3));
    Head head = resizing(height, width, toHeight, toWidth, ChannelOrder.BGR, Normalization.UNIT);
    byte[] pixels = pixels(height * width * 3);

    float[] got = run(Splicer.splice(model, head, Tail.NONE), 1, pixels).floats();

    float[] want =
        normalized(
            resized(floats(pixels), height, width, toHeight, toWidth),
            ChannelOrder.BGR,
            Normalization.UNIT);
    assertClose(got, want, 1e-5f);
  }

  @Test
  void channelsFirstModelsGetTheirLayout() throws Exception {
    ResolvedModel model = resolve(identity(FLOAT, -1, 3, 8, 5));
    var head =
        new Head(8, 5, 3, DataType.UINT8, 8, 5, ChannelOrder.RGB, Normalization.NONE, true, false);
    byte[] pixels = pixels(2 * 8 * 5 * 3);

    GraphRuns.Output got = run(Splicer.splice(model, head, Tail.NONE), 2, pixels);

    assertThat(got.shape()).containsExactly(2, 3, 8, 5);
    float[] values = got.floats();
    for (int image = 0; image < 2; image++) {
      for (int place = 0; place < 40; place++) {
        for (int channel = 0; channel < 3; channel++) {
          assertThat(values[(image * 3 + channel) * 40 + place])
              .isEqualTo(pixels[(image * 40 + place) * 3 + channel] & 0xff);
        }
      }
    }
  }

  @Test
  void bytesGoStraightThroughToAModelOfBytes() throws Exception {
    ResolvedModel model = resolve(identity(org.tensorflow.proto.DataType.DT_UINT8, -1, 4, 5, 3));
    Head head = resizing(4, 5, 4, 5, ChannelOrder.RGB, Normalization.NONE);
    byte[] pixels = pixels(4 * 5 * 3);

    SplicedModel spliced = Splicer.splice(model, head, Tail.NONE);

    assertThat(run(spliced, 1, pixels).bytes()).isEqualTo(pixels);
    assertThat(GraphDef.parseFrom(spliced.graph()).getNodeList())
        .extracting(NodeDef::getOp)
        .containsExactlyInAnyOrder("Placeholder", "Identity");
  }

  @Test
  void resizedValuesAreRoundedHalfToEvenForAModelOfBytes() throws Exception {
    ResolvedModel model = resolve(identity(org.tensorflow.proto.DataType.DT_UINT8, -1, 1, 1, 3));
    Head head = resizing(2, 1, 1, 1, ChannelOrder.BGR, Normalization.NONE);

    // Means of two rows: 0.5, 1.5 and 255.
    byte[] got =
        run(
                Splicer.splice(model, head, Tail.NONE),
                1,
                new byte[] {0, 1, (byte) 255, 1, 2, (byte) 255})
            .bytes();

    assertThat(got).containsExactly((byte) 255, 2, 0);
  }

  @Test
  void whatLeavesTheRangeOfAnIntegerIsClipped() throws Exception {
    ResolvedModel model = resolve(identity(org.tensorflow.proto.DataType.DT_INT8, -1, 1, 1, 3));
    Head head = resizing(1, 1, 1, 1, ChannelOrder.RGB, Normalization.NONE);
    byte[] got =
        run(Splicer.splice(model, floatSlots(head), Tail.NONE), 1, bytes(-200f, 2.5f, 200f))
            .bytes();
    assertThat(got).containsExactly(-128, 2, 127);
  }

  @ParameterizedTest
  @EnumSource(names = {"DT_HALF", "DT_BFLOAT16", "DT_DOUBLE", "DT_INT32", "DT_INT64"})
  void otherInputTypesGetACast(org.tensorflow.proto.DataType type) throws Exception {
    ResolvedModel model = resolve(identity(type, -1, 4, 5, 3));
    Head head = resizing(4, 5, 4, 5, ChannelOrder.RGB, Normalization.NONE);
    byte[] pixels = pixels(4 * 5 * 3);

    GraphRuns.Output got = run(Splicer.splice(model, head, Tail.NONE), 1, pixels);

    // Bytes are exact in all of them; half-precision outputs come back as float32.
    float[] values = got.floats();
    for (int i = 0; i < pixels.length; i++) {
      assertThat(values[i]).isEqualTo(pixels[i] & 0xff);
    }
  }

  @Test
  void rawSlotsAreOnlyCastAndLaidOut() throws Exception {
    ResolvedModel model = resolve(identity(FLOAT, -1, 4, 5, 6));
    var head =
        new Head(
            4, 5, 6, DataType.FLOAT32, 4, 5, ChannelOrder.BGR, Normalization.CAFFE, false, true);
    float[] values = new float[120];
    for (int i = 0; i < values.length; i++) {
      values[i] = i - 0.25f;
    }
    float[] got = run(Splicer.splice(model, head, Tail.NONE), 1, bytes(values)).floats();
    assertThat(got).isEqualTo(values);
  }

  @Test
  void unknownHeightAndWidthTakeTheHeads() throws Exception {
    ResolvedModel model = resolve(identity(FLOAT, -1, -1, -1, 3));
    Head head = resizing(4, 5, 2, 3, ChannelOrder.RGB, Normalization.NONE);

    SplicedModel spliced = Splicer.splice(model, head, Tail.NONE);

    assertThat(spliced.outputs().get(0).shape()).containsExactly(-1L, 2L, 3L, 3L);
    assertThat(spliced.feed()).isEqualTo("stoker/batch:0");
    assertThat(spliced.fixedBatch()).isZero();
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(ints = {1, 8})
  void aFixedBatchIsKept(int batch) throws Exception {
    ResolvedModel model = resolve(identity(FLOAT, batch, 4, 5, 3));
    Head head = resizing(4, 5, 4, 5, ChannelOrder.RGB, Normalization.NONE);
    byte[] pixels = pixels(batch * 60);

    SplicedModel spliced = Splicer.splice(model, head, Tail.NONE);

    assertThat(spliced.fixedBatch()).isEqualTo(batch);
    assertThat(run(spliced, batch, pixels).floats()).isEqualTo(floats(pixels));
  }

  @Test
  void aModelThatReshapesToOneImageGetsBatchesOfOne() throws Exception {
    byte[] graph =
        new Graphs()
            .placeholder("x", FLOAT, -1, 1, 2, 3)
            .ints("flat", 1, 6)
            .node("Reshape", "y", List.of("x", "flat"), "T", FLOAT)
            .bytes();
    SplicedModel spliced = splice(graph, Tail.NONE);
    assertThat(spliced.fixedBatch()).isEqualTo(1);
  }

  @Test
  void everyWayToNameThePlaceholderIsRewritten() throws Exception {
    byte[] graph =
        new Graphs()
            .placeholder("x", FLOAT, -1, 1, 2, 3)
            .node("Identity", "a", List.of("x", "^x"), "T", FLOAT)
            .node("AddV2", "b", List.of("a", "x:0"), "T", FLOAT)
            .node("NoOp", "stoker/batch", List.of("^x"))
            .node("Identity", "y", List.of("b", "^stoker/batch"), "T", FLOAT)
            .bytes();

    SplicedModel spliced = splice(graph, Tail.NONE);

    assertThat(spliced.feed()).isEqualTo("stoker_1/batch:0");
    byte[] pixels = pixels(6);
    float[] got = run(spliced, 1, pixels).floats();
    for (int i = 0; i < 6; i++) {
      assertThat(got[i]).isEqualTo(2f * (pixels[i] & 0xff));
    }
  }

  @Test
  void aModelThatReturnsItsInputReturnsTheHead() throws Exception {
    byte[] graph = new Graphs().placeholder("x", FLOAT, -1, 1, 2, 3).bytes();
    ResolvedModel model =
        ModelLoader.resolve(
            file(graph), new ModelRequest(null, null, List.of("x"), Map.of(), false), NO_SCRATCH);
    Head head = resizing(1, 2, 1, 2, ChannelOrder.RGB, Normalization.UNIT);
    byte[] pixels = pixels(6);
    float[] got = run(Splicer.splice(model, head, Tail.NONE), 1, pixels).floats();
    assertThat(got[5]).isCloseTo((pixels[5] & 0xff) / 255f, within(1e-6f));
  }

  // ---- tail

  /** Classes are the model's pixels. */
  private static byte[] classes(org.tensorflow.proto.DataType type) {
    return new Graphs()
        .placeholder("x", type, -1, 1, 2, 3)
        .ints("flat", -1, 6)
        .node("Reshape", "y", List.of("x", "flat"), "T", type)
        .bytes();
  }

  @Test
  void softmaxAndArgmaxAndTopKAreOverTheLastAxis() throws Exception {
    byte[] pixels = {10, 12, 11, 5, 13, 9, 1, 0, 0, 0, 0, 4};
    byte[] graph = classes(FLOAT);

    float[] softmax =
        run(splice(graph, new Tail(true, Tail.Reduction.NONE, 0)), 2, pixels).floats();
    double sum = 0;
    for (int i = 0; i < 6; i++) {
      sum += Math.exp(pixels[i] - 13);
    }
    assertThat(softmax[4]).isCloseTo((float) (1 / sum), within(1e-6f));

    SplicedModel argmax = splice(graph, new Tail(false, Tail.Reduction.ARGMAX, 0));
    assertThat(argmax.outputs())
        .containsExactly(new TensorSpec("y", "stoker/tail/argmax:0", DataType.INT32, List.of(-1L)));
    assertThat(run(argmax, 2, pixels).longs()).containsExactly(4, 5);

    SplicedModel top = splice(graph, new Tail(true, Tail.Reduction.TOP_K, 3));
    assertThat(top.outputs()).extracting(TensorSpec::name).containsExactly("y", "y_indices");
    assertThat(top.outputs())
        .extracting(TensorSpec::describe)
        .containsExactly("[?, 3] float32", "[?, 3] int32");
    List<GraphRuns.Output> outputs = runAll(top, 2, pixels);
    assertThat(outputs.get(1).longs()).containsExactly(4, 1, 2, 5, 0, 1);
    assertThat(outputs.get(0).floats()[0]).isEqualTo(softmax[4]);
  }

  @Test
  void halfPrecisionAnswersComeBackAsFloats() throws Exception {
    SplicedModel spliced =
        splice(
            classes(org.tensorflow.proto.DataType.DT_HALF), new Tail(true, Tail.Reduction.NONE, 0));
    assertThat(spliced.outputs().get(0).describe()).isEqualTo("[?, 6] float32");
  }

  @Test
  void furtherFetchesComeBackAsTheyAre() throws Exception {
    byte[] graph =
        new Graphs()
            .placeholder("x", FLOAT, -1, 1, 2, 3)
            .ints("flat", -1, 6)
            .node("Reshape", "y", List.of("x", "flat"), "T", FLOAT)
            .node(
                "Cast",
                "half",
                List.of("x"),
                "SrcT",
                FLOAT,
                "DstT",
                org.tensorflow.proto.DataType.DT_HALF)
            .node(
                "Cast",
                "number",
                List.of("x"),
                "SrcT",
                FLOAT,
                "DstT",
                org.tensorflow.proto.DataType.DT_INT64)
            .bytes();
    ResolvedModel model =
        ModelLoader.resolve(
            file(graph),
            new ModelRequest(null, null, List.of("y", "half:0", "number"), Map.of(), false),
            NO_SCRATCH);

    SplicedModel spliced =
        Splicer.splice(
            model,
            resizing(1, 2, 1, 2, ChannelOrder.RGB, Normalization.NONE),
            new Tail(false, Tail.Reduction.ARGMAX, 0));

    assertThat(spliced.outputs())
        .extracting(output -> output.name() + " " + output.describe())
        .containsExactly("y [?] int32", "half [?, 1, 2, 3] float32", "number [?, 1, 2, 3] int64");
    assertThat(runAll(spliced, 1, new byte[] {0, 1, 9, 3, 4, 5}).get(2).longs())
        .containsExactly(0, 1, 9, 3, 4, 5);
  }

  // ---- refusals

  @Test
  void whatDoesNotFitIsToldAtOnce() throws Exception {
    ResolvedModel model = resolve(classes(FLOAT));
    var head =
        new Head(
            4, 4, 3, DataType.UINT8, 4, 4, ChannelOrder.GRAY, Normalization.CAFFE, false, false);
    assertThatThrownBy(() -> Splicer.splice(model, head, new Tail(false, Tail.Reduction.TOP_K, 7)))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            """
            the model's input x is [?, 1, 2, 3] float32, but images of 4 rows and 4 columns would \
            be given (--input-size)
            the model's input x is [?, 1, 2, 3] float32, but images with 1 channels would be given \
            (--channels rgb or bgr)
            --normalize caffe has a value for each of three channels; it cannot be used with \
            --channels gray
            top-k 7 of 6 classes: output y is [?, 6] float32, expected --top-k from 1 to 6""");
  }

  @Test
  void outputsThatAreNotPerImageAreRefused() {
    Graphs graph =
        new Graphs()
            .placeholder("x", FLOAT, -1, 1, 2, 3)
            .ints("all", 0, 1, 2, 3)
            .node(
                "Mean",
                "y",
                List.of("x", "all"),
                "T",
                FLOAT,
                "Tidx",
                org.tensorflow.proto.DataType.DT_INT32);
    assertThatThrownBy(() -> splice(graph.bytes(), Tail.NONE))
        .hasMessage(
            "output y is [] float32, one number for the whole batch, expected one for each image:"
                + " [batch, …]; choose another with --fetch");
    assertThatThrownBy(() -> splice(graph.bytes(), new Tail(true, Tail.Reduction.NONE, 0)))
        .hasMessageContaining("output y is [] float32, expected [batch, classes] for --softmax");
    Graphs vector =
        new Graphs()
            .placeholder("x", FLOAT, -1, 1, 2, 3)
            .ints("all", 0, 1, 2)
            .node(
                "Mean",
                "y",
                List.of("x", "all"),
                "T",
                FLOAT,
                "Tidx",
                org.tensorflow.proto.DataType.DT_INT32);
    assertThatThrownBy(() -> splice(vector.bytes(), Tail.NONE))
        .hasMessageContaining("its first dimension is 3, expected the batch;");
  }

  // ---- plain Java

  private static float[] normalized(
      float[] pixels, ChannelOrder order, Normalization normalization) {
    int channels = order == ChannelOrder.GRAY ? 1 : 3;
    float[] values = new float[pixels.length / 3 * channels];
    for (int i = 0; i < values.length; i++) {
      int pixel = i / channels * 3;
      int channel = i % channels;
      float value =
          switch (order) {
            case RGB -> pixels[pixel + channel];
            case BGR -> pixels[pixel + 2 - channel];
            case GRAY ->
                0.299f * pixels[pixel] + 0.587f * pixels[pixel + 1] + 0.114f * pixels[pixel + 2];
          };
      value /= normalization.divisor();
      value -= normalization.mean()[channel];
      values[i] = value / normalization.std()[channel];
    }
    return values;
  }

  private static float[] resized(float[] pixels, int height, int width, int toHeight, int toWidth) {
    float[] values = new float[toHeight * toWidth * 3];
    for (int y = 0; y < toHeight; y++) {
      double fromY = (y + 0.5) * height / toHeight - 0.5;
      int top = (int) Math.max(0, Math.floor(fromY));
      int bottom = (int) Math.min(height - 1, Math.ceil(fromY));
      double downward = fromY - Math.floor(fromY);
      for (int x = 0; x < toWidth; x++) {
        double fromX = (x + 0.5) * width / toWidth - 0.5;
        int left = (int) Math.max(0, Math.floor(fromX));
        int right = (int) Math.min(width - 1, Math.ceil(fromX));
        double rightward = fromX - Math.floor(fromX);
        for (int c = 0; c < 3; c++) {
          double above =
              mix(
                  pixels[(top * width + left) * 3 + c],
                  pixels[(top * width + right) * 3 + c],
                  rightward);
          double below =
              mix(
                  pixels[(bottom * width + left) * 3 + c],
                  pixels[(bottom * width + right) * 3 + c],
                  rightward);
          values[(y * toWidth + x) * 3 + c] = (float) mix(above, below, downward);
        }
      }
    }
    return values;
  }

  private static double mix(double a, double b, double share) {
    return a + (b - a) * share;
  }

  // ---- tools

  private static byte[] identity(org.tensorflow.proto.DataType type, long... shape) {
    return new Graphs()
        .placeholder("x", type, shape)
        .node("Identity", "y", List.of("x"), "T", type)
        .bytes();
  }

  private static Head resizing(
      int height,
      int width,
      int toHeight,
      int toWidth,
      ChannelOrder order,
      Normalization normalization) {
    return new Head(
        height, width, 3, DataType.UINT8, toHeight, toWidth, order, normalization, false, false);
  }

  private static Head floatSlots(Head head) {
    return new Head(
        head.slotHeight(),
        head.slotWidth(),
        3,
        DataType.FLOAT32,
        head.modelHeight(),
        head.modelWidth(),
        head.channels(),
        head.normalization(),
        false,
        false);
  }

  private static ModelFile file(byte[] graph) {
    return new ModelFile("model.pb", Map.of("", graph));
  }

  private static ResolvedModel resolve(byte[] graph) throws ModelException {
    return ModelLoader.resolve(
        file(graph), new ModelRequest(null, null, List.of(), Map.of(), false), NO_SCRATCH);
  }

  /** For models of [?, 1, 2, 3]. */
  private static SplicedModel splice(byte[] graph, Tail tail) throws ModelException {
    return Splicer.splice(
        resolve(graph), resizing(1, 2, 1, 2, ChannelOrder.RGB, Normalization.NONE), tail);
  }

  private static GraphRuns.Output run(SplicedModel model, int batch, byte[] slots)
      throws Exception {
    return runAll(model, batch, slots).get(0);
  }

  private static List<GraphRuns.Output> runAll(SplicedModel model, int batch, byte[] slots)
      throws Exception {
    Head head = model.head();
    long[] shape = {batch, head.slotHeight(), head.slotWidth(), head.slotChannels()};
    try (var value = NativeTensor.of(head.slotType(), shape, slots)) {
      return GraphRuns.run(
          model.graph(),
          List.of(model.feed()),
          List.of(value),
          model.outputs().stream().map(TensorSpec::tensor).toList());
    }
  }

  private static byte[] pixels(int count) {
    byte[] pixels = new byte[count];
    new Random(SEED).nextBytes(pixels);
    return pixels;
  }

  private static float[] floats(byte[] pixels) {
    float[] values = new float[pixels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = pixels[i] & 0xff;
    }
    return values;
  }

  private static byte[] bytes(float... values) {
    var buffer =
        java.nio.ByteBuffer.allocate(4 * values.length).order(java.nio.ByteOrder.nativeOrder());
    for (float value : values) {
      buffer.putFloat(value);
    }
    return buffer.array();
  }

  private static void assertClose(float[] got, float[] want, float tolerance) {
    assertThat(got).hasSameSizeAs(want);
    for (int i = 0; i < want.length; i++) {
      assertThat(got[i]).as("value %d, seed %d", i, SEED).isCloseTo(want[i], within(tolerance));
    }
  }
}
