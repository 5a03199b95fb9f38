package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stoker.model.ChannelOrder;
import io.stoker.model.Normalization;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.Runtimes;
import io.stoker.runtime.Size;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Every shape of model and every way from pixels to its input, as whole jobs: rows against numbers
 * that are computed here from the images. All models return the mean of each channel of what they
 * were given, so that nothing they are given wrongly goes unseen.
 */
@Tag("slow")
@ExtendWith(SparkSessions.class)
final class ModelCasesTest {
  private static final long SEED = 4_242;
  private static final int SIDE = 8;
  private static final int IMAGES = 7;

  private final SparkSession spark;

  @TempDir private Path folder = Path.of("");

  ModelCasesTest(SparkSession spark) {
    this.spark = spark;
  }

  @AfterEach
  void release() {
    Runtimes.release();
  }

  /**
   * A job.
   *
   * @param input shape of the model's placeholder
   * @param spec what is asked for beside the model
   * @param expected of a red, green and blue mean
   */
  private record Case(
      String name,
      long[] input,
      UnaryOperator<PredictSpec.Builder> spec,
      UnaryOperator<double[]> expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    UnaryOperator<PredictSpec.Builder> plain = spec -> spec;
    UnaryOperator<double[]> same = rgb -> rgb;
    return Stream.of(
        new Case("any batch", shape(-1, SIDE, SIDE, 3), plain, same),
        new Case("batch of 1", shape(1, SIDE, SIDE, 3), plain, same),
        new Case("batch of 4, padded at the end", shape(4, SIDE, SIDE, 3), plain, same),
        new Case("NCHW", shape(-1, 3, SIDE, SIDE), plain, same),
        new Case("size open, the regions'", shape(-1, -1, -1, 3), plain, same),
        // Half-pixel centres at half the size: each pixel is the mean of four.
        new Case(
            "size open, asked for",
            shape(-1, -1, -1, 3),
            spec -> spec.inputSize(new Size(SIDE / 2, SIDE / 2)),
            same),
        new Case("resized on the device", shape(-1, SIDE / 2, SIDE / 2, 3), plain, same),
        new Case(
            "gray",
            shape(-1, SIDE, SIDE, 1),
            plain,
            rgb -> new double[] {0.2989 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]}),
        new Case(
            "bgr",
            shape(-1, SIDE, SIDE, 3),
            spec -> spec.channels(ChannelOrder.BGR),
            rgb -> new double[] {rgb[2], rgb[1], rgb[0]}),
        new Case(
            "caffe",
            shape(-1, SIDE, SIDE, 3),
            spec -> spec.normalize(Normalization.CAFFE),
            rgb -> new double[] {rgb[2] - 103.939, rgb[1] - 116.779, rgb[0] - 123.68}),
        new Case(
            "torch",
            shape(-1, SIDE, SIDE, 3),
            spec -> spec.normalize(Normalization.TORCH),
            rgb ->
                new double[] {
                  (rgb[0] / 255 - 0.485) / 0.229,
                  (rgb[1] / 255 - 0.456) / 0.224,
                  (rgb[2] / 255 - 0.406) / 0.225
                }),
        new Case(
            "a mean and a deviation",
            shape(-1, 3, SIDE, SIDE),
            spec ->
                spec.normalize(
                    new Normalization(
                        "10,20,30/2", 1, new float[] {10, 20, 30}, new float[] {2, 2, 2})),
            rgb -> new double[] {(rgb[0] - 10) / 2, (rgb[1] - 20) / 2, (rgb[2] - 30) / 2}));
  }

  private static long[] shape(long... sizes) {
    return sizes;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rowsAreWhatTheModelSaysOfTheRightPixels(Case one) throws Exception {
    List<double[]> means = images();
    Path model = folder.resolve("model.pb");
    try (var graph = new Graph()) {
      Ops ops = Ops.create(graph);
      Operand<TFloat32> image =
          ops.withName("image").placeholder(TFloat32.class, Placeholder.shape(Shape.of(one.input)));
      boolean first = one.input[1] == 3;
      ops.withName("means")
          .math
          .mul(
              ops.math.mean(image, ops.constant(first ? new int[] {2, 3} : new int[] {1, 2})),
              ops.constant(1f));
      Files.write(model, graph.toGraphDef().toByteArray());
    }

    List<Row> rows = predict(one.spec.apply(PredictSpec.model(model.toString())));

    assertRows(rows, "means", means, one.expected);
  }

  @Test
  void aSavedModelsSignatureAndVariablesAreTaken() throws Exception {
    List<double[]> means = images();
    Path model = folder.resolve("saved");
    try (var graph = new Graph();
        var session = new Session(graph)) {
      Ops ops = Ops.create(graph);
      Operand<TFloat32> image =
          ops.withName("image")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, SIDE, SIDE, 3)));
      var scale = ops.variable(Shape.scalar(), TFloat32.class);
      var initial = ops.assign(scale, ops.constant(3f));
      var scaled =
          ops.withName("scaled")
              .math
              .mul(ops.math.mean(image, ops.constant(new int[] {1, 2})), scale);
      session.runner().addTarget(initial.op()).run().close();
      SavedModelBundle.exporter(model.toString())
          .withSession(session)
          .withSignature(
              Signature.builder().input("photo", image).output("tripled", scaled).build())
          .export();
    }

    List<Row> rows = predict(PredictSpec.model(model.toString()));

    assertRows(rows, "tripled", means, rgb -> new double[] {3 * rgb[0], 3 * rgb[1], 3 * rgb[2]});
  }

  @Test
  void severalFetchesAChosenInputAndAFeedAreTaken() throws Exception {
    List<double[]> means = images();
    Path model = folder.resolve("model.pb");
    try (var graph = new Graph()) {
      Ops ops = Ops.create(graph);
      Placeholder.Options shape = Placeholder.shape(Shape.of(-1, SIDE, SIDE, 3));
      Operand<TFloat32> left = ops.withName("left").placeholder(TFloat32.class, shape);
      Operand<TFloat32> right =
          ops.withName("right")
              .placeholderWithDefault(ops.zerosLike(left), Shape.of(-1, SIDE, SIDE, 3));
      Operand<TFloat32> keep =
          ops.withName("keep").placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
      Operand<TFloat32> mean =
          ops.math.mean(ops.math.add(left, right), ops.constant(new int[] {1, 2}));
      ops.withName("kept").math.mul(mean, keep);
      ops.withName("negated").math.neg(mean);
      Files.write(model, graph.toGraphDef().toByteArray());
    }

    List<Row> rows =
        predict(
            PredictSpec.model(model.toString())
                .input("left")
                .fetch("negated")
                .fetch("kept")
                .feed("keep", "0.5"));

    assertRows(rows, "negated", means, rgb -> new double[] {-rgb[0], -rgb[1], -rgb[2]});
    assertRows(rows, "kept", means, rgb -> new double[] {rgb[0] / 2, rgb[1] / 2, rgb[2] / 2});
    List<String> columns = List.of(rows.get(0).schema().fieldNames());
    assertThat(columns.indexOf("negated")).isLessThan(columns.indexOf("kept"));
  }

  private static void assertRows(
      List<Row> rows, String column, List<double[]> means, UnaryOperator<double[]> expected) {
    assertThat(rows).hasSize(IMAGES);
    for (int i = 0; i < IMAGES; i++) {
      Row row = rows.get(i);
      assertThat(row.<String>getAs("status")).as(row.toString()).isEqualTo("ok");
      List<Float> values = row.getList(row.fieldIndex(column));
      double[] wanted = expected.apply(means.get(i));
      assertThat(values).as(row.toString()).hasSize(wanted.length);
      for (int c = 0; c < wanted.length; c++) {
        assertThat((double) values.get(c))
            .as("%s, channel %s", row, c)
            .isCloseTo(wanted[c], within(0.02));
      }
    }
  }

  private List<Row> predict(PredictSpec.Builder spec) {
    ManifestSource manifest = ManifestSource.files(folder.resolve("manifest.csv").toString());
    List<Row> rows = Stoker.predict(spark, manifest, spec.build()).collectAsList();
    return rows.stream().sorted(Comparator.comparing(row -> row.<String>getAs("uri"))).toList();
  }

  /** Images of random colours, and their means. */
  private List<double[]> images() throws Exception {
    var random = new Random(SEED);
    var means = new ArrayList<double[]>();
    var lines = new ArrayList<String>(List.of("uri,x,y,width,height"));
    for (int i = 0; i < IMAGES; i++) {
      var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      var sums = new double[3];
      for (int p = 0; p < SIDE * SIDE; p++) {
        int rgb = random.nextInt(1 << 24);
        image.setRGB(p % SIDE, p / SIDE, rgb);
        IntStream.range(0, 3).forEach(c -> sums[c] += rgb >> (16 - 8 * c) & 0xff);
      }
      IntStream.range(0, 3).forEach(c -> sums[c] /= SIDE * SIDE);
      means.add(sums);
      lines.add("image-" + i + ".png,0,0," + SIDE + "," + SIDE);
      ImageIO.write(image, "png", folder.resolve("image-" + i + ".png").toFile());
    }
    Files.write(folder.resolve("manifest.csv"), lines);
    System.out.println("ModelCasesTest seed " + SEED);
    return means;
  }
}
