package io.stoker.example;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.EagerSession;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TString;

final class ExampleDataTest {
  private static final long SEED = 11;

  private final Path folder;

  ExampleDataTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** A row of the manifest, as anybody would read it. */
  private record Row(String uri, int x, int y, int width, int height, String scene, String truth) {
    static Row parse(String line) {
      String[] cells = line.split(",", -1);
      return new Row(
          cells[0],
          Integer.parseInt(cells[1]),
          Integer.parseInt(cells[2]),
          Integer.parseInt(cells[3]),
          Integer.parseInt(cells[4]),
          cells[5],
          cells[6]);
    }

    boolean good() {
      return !truth.isEmpty();
    }
  }

  @Test
  void oneSeedWritesTheSameFilesAgainAndAnotherSeedOthers() throws IOException {
    ExampleData.write(folder.resolve("first"), SEED, 3, 5);
    ExampleData.write(folder.resolve("other"), SEED + 1, 3, 5);
    ExampleData.write(folder.resolve("again"), SEED + 1, 3, 5);
    ExampleData.write(folder.resolve("again"), SEED, 3, 5); // over larger and smaller files

    assertThat(files("again")).containsExactlyEntriesOf(files("first"));
    assertThat(files("other").keySet()).isEqualTo(files("first").keySet());
    assertThat(files("other").values()).doesNotContainAnyElementsOf(files("first").values());
  }

  /** Contents by name; Latin 1 keeps every byte. */
  private Map<String, String> files(String name) throws IOException {
    Path root = folder.resolve(name);
    var contents = new TreeMap<String, String>();
    try (var files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(
            root.relativize(file).toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }

  /** Half the size of the real ones, so that the test is quick; more pixels only add regions. */
  @Test
  void manifestNamesThousandsOfGoodRegionsOfManyImagesAndThreeBadOnes() throws IOException {
    holds(ExampleData.write(folder, SEED, 24, 2));
  }

  @Tag("slow")
  @Test
  void theExampleAsItIsRunHoldsWhatItPromises() throws IOException {
    holds(ExampleData.write(folder, ExampleData.DEFAULT_SEED));
  }

  private static void holds(ExampleData.Summary example) throws IOException {
    List<String> lines = Files.readAllLines(example.manifest());
    assertThat(lines.get(0)).isEqualTo("uri,x,y,width,height,scene,truth");
    List<Row> rows = lines.stream().skip(1).map(Row::parse).toList();
    List<Row> good = rows.stream().filter(Row::good).toList();

    assertThat(good).hasSize(example.goodRegions()).hasSizeGreaterThanOrEqualTo(5_000);
    assertThat(rows).hasSize(good.size() + 3).doesNotHaveDuplicates();
    assertThat(example.badRegions()).isEqualTo(3);
    assertThat(example.images()).hasSizeGreaterThanOrEqualTo(20);
    assertThat(example.images()).anyMatch(image -> image.toString().endsWith(".jpg"));
    assertThat(example.images()).anyMatch(image -> image.toString().endsWith(".png"));

    var sizes = new HashMap<String, int[]>();
    for (Path image : example.images()) {
      sizes.put("images/" + image.getFileName(), size(image));
    }
    assertThat(good)
        .allSatisfy(
            row -> {
              assertThat(sizes).containsKey(row.uri());
              int[] size = sizes.getOrDefault(row.uri(), new int[2]);
              assertThat(row.x() + row.width()).isLessThanOrEqualTo(size[0]);
              assertThat(row.y() + row.height()).isLessThanOrEqualTo(size[1]);
            });
    assertThat(good.stream().map(Row::uri).distinct()).hasSize(example.images().size());
    assertThat(good.stream().collect(groupingBy(Row::truth, counting())))
        .hasSize(LandCover.all().size())
        .allSatisfy((truth, count) -> assertThat(count).as(truth).isGreaterThan(good.size() / 20L));
  }

  private static int[] size(Path image) throws IOException {
    try (var in = ImageIO.createImageInputStream(image.toFile())) {
      var reader = ImageIO.getImageReaders(in).next();
      reader.setInput(in);
      return new int[] {reader.getWidth(0), reader.getHeight(0)};
    }
  }

  @Test
  void theThreeBadRegionsFailEachForAReasonOfItsOwn() throws IOException {
    var example = ExampleData.write(folder, SEED, 2, 3);
    var bad = new ArrayList<Row>();
    try (var lines = Files.lines(example.manifest())) {
      lines.skip(1).map(Row::parse).filter(row -> !row.good()).forEach(bad::add);
    }

    assertThat(bad).hasSize(3);
    assertThat(folder.resolve(bad.get(0).uri())).doesNotExist();

    var truncated = bad.get(1);
    byte[] bytes = Files.readAllBytes(folder.resolve(truncated.uri()));
    assertThat(bytes).hasSizeGreaterThan(1_000);
    try (var session = EagerSession.create();
        var encoded = TString.tensorOfBytes(NdArrays.scalarOfObject(bytes))) {
      var tf = Ops.create(session);
      var jpeg = tf.constantOf(encoded);
      var window =
          tf.constant(
              new int[] {truncated.y(), truncated.x(), truncated.height(), truncated.width()});
      assertThatThrownBy(() -> tf.image.decodeAndCropJpeg(jpeg, window))
          .hasMessageContaining("Invalid JPEG data");
    }

    var outside = bad.get(2);
    assertThat(outside.x()).isEqualTo(size(folder.resolve(outside.uri()))[0]);
  }

  @Test
  void aMissingFileStaysMissingWhenTheFolderHasOne() throws IOException {
    Files.createDirectories(folder.resolve("images"));
    Files.createFile(folder.resolve("images/missing.jpg"));

    ExampleData.write(folder, SEED, 1, 6);

    assertThat(folder.resolve("images/missing.jpg")).doesNotExist();
  }
}
