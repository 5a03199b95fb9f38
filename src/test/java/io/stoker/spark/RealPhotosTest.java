package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoker.model.Normalization;
import io.stoker.runtime.PredictSpec;
import io.stoker.testing.Npy;
import io.stoker.testing.Shared;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job, on photos that people took and a network that people trained. */
@Tag("slow")
final class RealPhotosTest {
  private static final int SIDE = 224;

  private final SparkSession spark =
      SparkSession.builder()
          .master("local[2]")
          .config("spark.ui.enabled", "false")
          .config("spark.sql.shuffle.partitions", "2")
          .getOrCreate();

  @TempDir Path folder;

  private static Path models;

  @BeforeAll
  static void corpus() {
    Shared.assumeAvailable();
    models = Shared.dir().resolve("corpora/models");
  }

  @Test
  void probabilitiesOfLosslessImagesAreTheReferences() throws IOException {
    var names = new ArrayList<String>();
    for (JsonNode photo : photos()) {
      String array = photo.get("resized").get(Integer.toString(SIDE)).asText();
      String name = Path.of(array).getFileName().toString().replace(".npy", ".png");
      writePng(models.resolve(array), folder.resolve(name));
      names.add(name);
    }
    List<Row> rows = predict(names, spec().build());
    assertThat(rows).hasSize(photos().size());
    for (JsonNode photo : photos()) {
      String array = photo.get("resized").get(Integer.toString(SIDE)).asText();
      String name = Path.of(array).getFileName().toString().replace(".npy", ".png");
      float[] expected =
          Npy.read(models.resolve(photo.get("emoji").get("probabilities").asText())).floats();
      List<Float> actual = row(rows, name).getList(row(rows, name).fieldIndex("final_result"));
      assertThat(actual).hasSize(expected.length);
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual.get(i)).as(name + " class " + i).isCloseTo(expected[i], within(1e-4f));
      }
    }
  }

  @Test
  void theJobsOwnResizingKeepsTheTopClassWhereTheReferenceIsSure() throws IOException {
    var names = new ArrayList<String>();
    for (JsonNode photo : photos()) {
      names.add(models.resolve(photo.get("file").asText()).toUri().toString());
    }
    List<String> labels =
        Files.readAllLines(
            models.resolve("pretrained/emoji-scavenger-mobilenet-v1-025/labels.txt"));
    List<Row> rows = predict(names, spec().topK(3).labels(labels).build());
    var moved = new ArrayList<String>();
    for (JsonNode photo : photos()) {
      JsonNode best = photo.get("emoji").get("top3").get(0);
      Row row = row(rows, Path.of(photo.get("file").asText()).getFileName().toString());
      Row top = row.<Row>getList(row.fieldIndex("final_result")).get(0);
      String label = top.getAs("label");
      System.out.printf(
          "%s: %s %.4f, reference %s %.4f%n",
          photo.get("file").asText(),
          label,
          top.<Float>getAs("score"),
          best.get(0).asText(),
          best.get(1).asDouble());
      if (best.get(1).asDouble() > 0.6 && !label.equals(best.get(0).asText())) {
        moved.add(photo.get("file").asText() + " is " + label);
      }
    }
    assertThat(moved).isEmpty();
  }

  @Test
  void everyPhotoOfTheCorpusEndsAsAnOkRow() throws IOException {
    List<String> files;
    try (Stream<Path> photos = Files.list(Shared.dir().resolve("corpora/images/photos"))) {
      files = photos.sorted().map(photo -> photo.toUri().toString()).toList();
    }
    List<Row> rows = predict(files, spec().topK(1).build());
    assertThat(rows).hasSize(files.size()).hasSizeGreaterThan(50);
    assertThat(rows)
        .allSatisfy(
            row -> assertThat(row.<String>getAs("status")).as(row.toString()).isEqualTo("ok"));
  }

  private static PredictSpec.Builder spec() {
    return PredictSpec.model(
            models.resolve("pretrained/emoji-scavenger-mobilenet-v1-025/model.pb").toString())
        .normalize(Normalization.MINUS_ONE_ONE);
  }

  private List<Row> predict(List<String> uris, PredictSpec spec) throws IOException {
    Path manifest = folder.resolve("manifest.csv");
    Files.write(manifest, Stream.concat(Stream.of("uri"), uris.stream()).toList());
    Path output = folder.resolve("output");
    RunRecord run =
        Stoker.write(
            spark,
            ManifestSource.files(manifest.toString()),
            spec,
            new OutputOptions(output.toString(), OutputOptions.Mode.ERROR));
    assertThat(run).isNotNull();
    assertThat(output.resolve("_SUCCESS")).exists();
    return spark.read().parquet(output.toString()).collectAsList();
  }

  private static Row row(List<Row> rows, String name) {
    return rows.stream()
        .filter(row -> row.<String>getAs("uri").endsWith(name))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode photos() throws IOException {
    return new ObjectMapper()
        .readTree(models.resolve("pretrained/photos.json").toFile())
        .get("photos");
  }

  private static void writePng(Path array, Path file) throws IOException {
    byte[] pixels = Npy.read(array).bytes();
    var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < SIDE * SIDE; i++) {
      int rgb =
          (pixels[3 * i] & 255) << 16 | (pixels[3 * i + 1] & 255) << 8 | (pixels[3 * i + 2] & 255);
      image.setRGB(i % SIDE, i / SIDE, rgb);
    }
    ImageIO.write(image, "png", file.toFile());
  }
}
