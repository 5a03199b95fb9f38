package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stoker.example.ExampleModel;
import io.stoker.example.Scene;
import io.stoker.model.Normalization;
import io.stoker.region.Pixels;
import io.stoker.region.Region;
import io.stoker.region.RegionTransform;
import io.stoker.region.SlotSpec;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.Runtimes;
import io.stoker.tensorflow.OpenNatives;
import io.stoker.tensorflow.TensorFlowPredictor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole job with a real model and its real session, on a scene drawn for it. */
@Tag("slow")
@ExtendWith(SparkSessions.class)
final class RealJobTest {
  private static final int BOX = 96;
  private static final int REGIONS = 500;
  private static final long SEED = 77;

  private final SparkSession spark;

  @TempDir Path folder;
  private Object before = OpenNatives.now();
  private ExampleModel.Written model = new ExampleModel.Written(Path.of(""), Path.of(""));

  RealJobTest(SparkSession spark) {
    this.spark = spark;
  }

  @BeforeEach
  void sceneAndManifest() throws IOException {
    Runtimes.release();
    before = OpenNatives.now();
    model = ExampleModel.write(folder);
    BufferedImage image = Scene.draw(SEED, 1200, 900).image();
    // Lossless, so that the pixels here are the pixels there.
    ImageIO.write(image, "png", folder.resolve("scene.png").toFile());
    var rows = new ArrayList<>(List.of("uri,x,y,width,height"));
    for (int i = 0; i < REGIONS; i++) {
      rows.add("scene.png," + x(i) + "," + y(i) + "," + BOX + "," + BOX);
    }
    Files.write(folder.resolve("manifest.csv"), rows);
  }

  @AfterEach
  void nothingStays() {
    Runtimes.release();
    assertThat(Runtimes.reports()).isEmpty();
    assertThat(OpenNatives.now()).as("graphs, sessions, tensors, memory").isEqualTo(before);
  }

  @Test
  void manySplitsLoadOneModelIntoOneSession() {
    int before = TensorFlowPredictor.loadedModels();
    RunRecord run = predict(spec().batch(2).build(), "many");
    assertThat(TensorFlowPredictor.loadedModels()).isEqualTo(before + 1);
    assertThat(run.plan().splits()).isGreaterThanOrEqualTo(8);
    assertThat(run.executors()).hasSize(1);
    assertThat(run.executors().get(0).sessions()).isEqualTo(1);
    RunRecord again = predict(spec().batch(2).build(), "again");
    // The second job of the process finds the first one's model loaded.
    assertThat(again.executors().get(0).modelLoads())
        .isEqualTo(run.executors().get(0).modelLoads());
  }

  @Test
  void rowsThatNobodyReadsToTheirEndLeaveNothing() {
    ManifestSource manifest = ManifestSource.files(folder.resolve("manifest.csv").toString());
    List<Row> rows =
        Stoker.predict(spark, manifest, spec().batch(2).build()).limit(3).collectAsList();
    assertThat(rows).hasSize(3);
    rows.forEach(RealJobTest::values);
  }

  @Test
  void anyBatchSizeGivesTheProbabilitiesOfOneByOne() {
    predict(spec().batch(1).build(), "one");
    predict(spec().batch(32).build(), "batches");
    Map<Long, List<Float>> one = probabilities("one");
    Map<Long, List<Float>> batches = probabilities("batches");
    assertThat(one).hasSize(REGIONS);
    assertThat(batches.keySet()).isEqualTo(one.keySet());
    one.forEach(
        (id, values) -> assertClose(batches.getOrDefault(id, List.of()), values, "region " + id));
  }

  @Test
  void aTransformOfTheUsersSeesTheRegionsPixels() throws IOException {
    PredictSpec own =
        PredictSpec.model(model.graph().toString()).preprocess(Nearest.class.getName()).build();
    predict(own, "own");
    Map<Long, List<Float>> rows = probabilities("own");
    assertThat(rows).hasSize(REGIONS);
    // The same pixels as a manifest of small images that need no resizing.
    BufferedImage scene = ImageIO.read(folder.resolve("scene.png").toFile());
    var manifest = new ArrayList<>(List.of("uri,x,y"));
    int side = ExampleModel.INPUT_PIXELS;
    for (int i = 0; i < 20; i++) {
      var small = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
      for (int p = 0; p < side * side; p++) {
        int px = x(i) + Nearest.source(p % side);
        int py = y(i) + Nearest.source(p / side);
        small.setRGB(p % side, p / side, scene.getRGB(px, py));
      }
      ImageIO.write(small, "png", folder.resolve("small" + i + ".png").toFile());
      manifest.add("small" + i + ".png");
    }
    manifest.set(0, "uri");
    Files.write(folder.resolve("manifest.csv"), manifest);
    predict(spec().build(), "small");
    Map<String, List<Float>> expected =
        rows("small").stream()
            .collect(Collectors.toMap(row -> row.getAs("uri"), row -> values(row)));
    List<Row> actual = rows("own");
    for (int i = 0; i < 20; i++) {
      int region = i;
      Row row =
          actual.stream()
              .filter(r -> at(r, "x") == x(region) && at(r, "y") == y(region))
              .findFirst()
              .orElseThrow();
      assertClose(values(row), expected.getOrDefault("small" + i + ".png", List.of()), "" + i);
    }
  }

  /** Distinct boxes. */
  private static int x(int region) {
    return region % 50 * 20;
  }

  private static int y(int region) {
    return region / 50 * 71;
  }

  private static int at(Row row, String column) {
    return ((Number) row.getAs(column)).intValue();
  }

  private PredictSpec.Builder spec() {
    return PredictSpec.model(model.graph().toString()).normalize(Normalization.MINUS_ONE_ONE);
  }

  private RunRecord predict(PredictSpec spec, String name) {
    return Stoker.write(
        spark,
        ManifestSource.files(folder.resolve("manifest.csv").toString()),
        spec,
        new OutputOptions(folder.resolve(name).toString(), OutputOptions.Mode.ERROR));
  }

  private List<Row> rows(String name) {
    return spark.read().parquet(folder.resolve(name).toString()).collectAsList();
  }

  private Map<Long, List<Float>> probabilities(String name) {
    return rows(name).stream()
        .collect(Collectors.toMap(row -> row.getAs("region_id"), RealJobTest::values));
  }

  private static List<Float> values(Row row) {
    assertThat(row.<String>getAs("status")).as(row.toString()).isEqualTo("ok");
    return row.getList(row.fieldIndex("probabilities"));
  }

  private static void assertClose(List<Float> actual, List<Float> expected, String what) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i)).as(what).isCloseTo(expected.get(i), within(1e-5f));
    }
  }

  /** Takes the nearest pixel and normalises to -1 to 1. */
  public static final class Nearest implements RegionTransform {
    static int source(int target) {
      return target * BOX / ExampleModel.INPUT_PIXELS;
    }

    @Override
    public SlotSpec slot() {
      int side = ExampleModel.INPUT_PIXELS;
      return new SlotSpec(side, side, 3, SlotSpec.Type.FLOAT32);
    }

    @Override
    public void transform(Region region, Pixels pixels, ByteBuffer slot) {
      int side = ExampleModel.INPUT_PIXELS;
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          for (int channel = 0; channel < 3; channel++) {
            slot.putFloat(pixels.value(source(x), source(y), channel) / 127.5f - 1);
          }
        }
      }
    }
  }
}
