package io.stoker.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoker.example.ExampleModel;
import io.stoker.example.Scene;
import io.stoker.model.Normalization;
import io.stoker.region.RegionOutput;
import io.stoker.runtime.PredictSpec;
import io.stoker.spark.ManifestSource;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every strategy predicts the same regions to the same answers; rates are not looked at. */
@Timeout(120)
final class BenchTest {
  private static final long SEED = 20_261_124;
  private static final int IMAGES = 7;
  private static final int SIDE = 96;

  @TempDir private static Path home = Path.of("");
  private static SparkSession spark;
  private static Path model = Path.of("");

  @BeforeAll
  static void prepare() throws Exception {
    System.out.println("BenchTest seed " + SEED);
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate();
    model = ExampleModel.write(Files.createDirectory(home.resolve("model"))).graph();
    BufferedImage scene = Scene.draw(SEED, SIDE * IMAGES, SIDE).image();
    for (int i = 0; i < IMAGES; i++) {
      BufferedImage tile = scene.getSubimage(i * SIDE, 0, SIDE, SIDE);
      ImageIO.write(tile, "jpg", home.resolve("tile-" + i + ".jpg").toFile());
    }
    ImageIO.write(scene, "png", home.resolve("scene.png").toFile());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void allStrategiesAnswerAlikeOnASimulatedDevice() throws Exception {
    BenchReport report = bench(jpegs(SIDE, SIDE), spec().simulated(1), Bench.STRATEGIES);

    assertThat(report.rows())
        .extracting(BenchReport.Row::strategy)
        .containsExactlyElementsOf(Bench.STRATEGIES);
    assertThat(report.simulated()).isTrue();
    assertThat(report.device()).isEqualTo("simulated (1 ms a batch)");
    assertThat(report.regions()).as("without the one that is missing").isEqualTo(4 * IMAGES);
    for (BenchReport.Row row : report.rows()) {
      assertThat(row.imagesPerSecond()).as(row.strategy()).isPositive();
      assertThat(row.passes()).as(row.strategy()).hasSize(1);
      assertThat(row.ofFeed()).as(row.strategy()).isPositive();
      assertThat(row.ofCeiling()).as(row.strategy()).isPositive();
      boolean slow = List.of("feed", "generator").contains(row.strategy());
      assertThat(row.regions()).as(row.strategy()).isEqualTo(slow ? 10 : report.regions());
    }
  }

  @Test
  void allStrategiesAnswerAlikeWhereTheModelRuns() throws Exception {
    BenchReport report =
        bench(
            jpegs(SIDE, SIDE),
            spec().device(PredictSpec.Device.CPU),
            List.of("feed", "generator", "tfdata", "stoker"));

    assertThat(report.device()).doesNotContain("simulated");
    assertThat(report.rows()).hasSize(4).allMatch(row -> row.ofCeiling() == null);
  }

  @Test
  void boxesOfSeveralSizesInPngsAreResizedAlike() throws Exception {
    var lines = new ArrayList<String>(List.of("uri,x,y,width,height"));
    for (int i = 0; i < IMAGES; i++) {
      lines.add("scene.png," + i * SIDE + ",3," + (60 + i) + "," + (70 - i));
    }
    Path manifest = Files.write(home.resolve("png.csv"), lines);

    BenchReport report =
        bench(
            manifest,
            spec().device(PredictSpec.Device.CPU),
            List.of("feed", "generator", "tfdata", "stoker"));

    assertThat(report.slot()).endsWith("FLOAT32");
    assertThat(report.rows()).hasSize(4);
  }

  @Test
  void knobsSetByHandAreMeasuredBesideChosenOnes() throws Exception {
    String tuned = "stoker:batch=3:decode-threads=1:fetch-ahead=2:in-flight=3";

    BenchReport report = bench(jpegs(SIDE, SIDE), spec().simulated(1), List.of(tuned, "stoker"));

    assertThat(report.rows())
        .extracting(BenchReport.Row::strategy)
        .containsExactlyInAnyOrder("stoker", tuned);
  }

  @Test
  void aStrategyThatIsNoneIsRefused() {
    assertThat(Bench.problem("stoker:in-flight=3")).isNull();
    assertThat(Bench.problem("stocker")).contains("stoker").contains("feed");
    assertThat(Bench.problem("feed:in-flight=3")).contains("only stoker");
    assertThat(Bench.problem("stoker:in-flight=0")).contains("in-flight=3");
    assertThat(Bench.problem("stoker:depth=3")).contains("decode-threads");
    assertThat(Bench.problem("stoker:")).contains("in-flight=3");
  }

  @Test
  void anotherAnswerIsNoticed() {
    var expected = new Answers(2);
    expected.put(0, answer(0.1f, 0.9f));
    expected.put(1, answer(0.8f, 0.2f));
    var swapped = new Answers(2);
    swapped.put(0, answer(0.8f, 0.2f));
    swapped.put(1, answer(0.1f, 0.9f));
    var lost = new Answers(2);
    lost.put(0, answer(0.1f, 0.9f));

    assertThat(expected.difference(expected)).isNull();
    assertThat(swapped.difference(expected)).contains("2 another one");
    assertThat(lost.difference(expected)).contains("1 of 2 regions have no answer");
  }

  @Test
  void theReportIsJsonAndAChart() throws Exception {
    BenchReport report = bench(jpegs(SIDE, SIDE), spec().simulated(1), List.of("decode", "device"));

    JsonNode rows = new ObjectMapper().readTree(report.json()).path("rows");
    assertThat(rows.findValuesAsText("strategy")).containsExactly("decode", "device");
    assertThat(rows.get(0).path("images_per_second").asDouble()).isPositive();
    String svg = BenchChart.svg(report);
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(svg).contains("simulated (1 ms a batch)", ">decode<", ">device<");
  }

  @Test
  void whatASimulatedDeviceCannotAnswerIsRefused() {
    assertThatThrownBy(
            () -> bench(home.resolve("none.csv"), spec().simulated(1), List.of("decode")))
        .hasMessageContaining("none.csv does not exist");
  }

  private static List<RegionOutput> answer(float... scores) {
    return List.of(new RegionOutput(new int[] {scores.length}, scores));
  }

  private static PredictSpec.Builder spec() {
    return PredictSpec.model(model.toUri().toString())
        .normalize(Normalization.MINUS_ONE_ONE)
        .batch(4)
        .maxFailures(PredictSpec.Failures.parse("100%"));
  }

  /** Each tile four times, and one that is not there. */
  private static Path jpegs(int width, int height) throws Exception {
    var lines = new ArrayList<String>(List.of("uri,x,y,width,height"));
    for (int copy = 0; copy < 4; copy++) {
      for (int i = 0; i < IMAGES; i++) {
        lines.add("tile-" + i + ".jpg,0,0," + width + "," + height);
      }
    }
    lines.add("missing.jpg,0,0," + width + "," + height);
    return Files.write(home.resolve("jpegs.csv"), lines);
  }

  private static BenchReport bench(Path manifest, PredictSpec.Builder spec, List<String> strategies)
      throws Exception {
    PredictSpec whole = spec.build();
    var bench =
        new BenchSpec(
            ManifestSource.files(manifest.toUri().toString()),
            spec.topK(2).build(),
            whole,
            strategies,
            1,
            1_000,
            10);
    Path scratch = Files.createTempDirectory(home, "bench");
    return new Bench(spark, bench, scratch, line -> {}).run();
  }
}
