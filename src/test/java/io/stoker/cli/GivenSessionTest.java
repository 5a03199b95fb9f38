package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.example.ExampleModel;
import io.stoker.spark.StokerException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The command in a JVM that has its session, as on Databricks: it returns or throws, and leaves the
 * session alone. And what a new user is told of first mistakes.
 */
@Tag("slow")
final class GivenSessionTest {
  private static final int SIDE = 96;

  private static SparkSession spark;
  @TempDir private static Path home = Path.of("");
  private static ExampleModel.Written model = new ExampleModel.Written(home, home);

  private Path output = home;

  @BeforeAll
  static void start() throws IOException {
    spark = LocalSession.start(2);
    model = ExampleModel.write(home.resolve("model"));
    Path images = Files.createDirectory(home.resolve("images"));
    for (int i = 0; i < 6; i++) {
      var image = new BufferedImage(SIDE + i, SIDE, BufferedImage.TYPE_INT_RGB);
      ImageIO.write(image, i % 2 == 0 ? "png" : "jpg", images.resolve("a b," + i).toFile());
    }
    Files.writeString(home.resolve("file.csv"), "file,x\nimages/none.jpg,0\n");
    Files.writeString(home.resolve("wrong.csv"), "uri\nimages/none.jpg\n");
    Files.writeString(home.resolve("boxes.csv"), "uri,x,y\nimages/none.jpg,0,0\n");
    Files.writeString(home.resolve("two.txt"), "water\nforest\n");
    list(images);
  }

  /** The README's line for the manifest of a folder. */
  private static void list(Path images) throws IOException {
    var script =
        "{ echo uri; find \"$PWD/photos\" -type f \\( -iname '*' \\) |"
            + " sed 's/\"/\"\"/g; s/.*/\"&\"/'; } > photos.csv";
    var shell =
        new ProcessBuilder("bash", "-c", script.replace("$PWD/photos", images.toString()))
            .directory(home.toFile())
            .inheritIO()
            .start();
    assertThat(shell.onExit().join().exitValue()).isZero();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @BeforeEach
  void fresh() throws IOException {
    output = Files.createTempDirectory(home, "out-");
  }

  @AfterEach
  void theSessionLivesOn() {
    assertThat(spark.range(3).count()).isEqualTo(3);
  }

  @Test
  void aFolderOfPhotosWithAModelOfOnesOwn() throws Exception {
    run("photos.csv", "--normalize=minus-one-one", "--top-k=2", "--labels=" + model.labels());

    List<Row> rows = spark.read().parquet(output.toString()).where("status = 'ok'").collectAsList();
    assertThat(rows).hasSize(6);
    assertThat(output.resolve("_SUCCESS")).exists();

    String shown = printed("show", "--output=" + output, "--where=uri like '%,3'");
    assertThat(shown.lines()).hasSize(3);
    assertThat(shown).containsPattern("region_id +status +failure +probabilities\n");
    assertThat(shown)
        .containsPattern("images/a b,3 +\\d +ok +\\[\\d \\w+ 0\\.\\d{3}, \\d \\w+ 0\\.");
    assertThatThrownBy(() -> printed("show", "--output=" + home.resolve("nothing")))
        .satisfies(e -> assertThat(Ending.of(e).code()).isEqualTo(ExitCode.REFUSED))
        .hasMessageContaining("does not exist, expected a folder that predict wrote");
    assertThatThrownBy(() -> printed("show", "--output=" + output, "--where=nonsense > 1"))
        .hasMessageContaining("nonsense");
  }

  private static String printed(String... arguments) throws Exception {
    PrintStream before = System.out;
    var bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      Main.main(arguments);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      textBlock =
          """
          none.csv => --verbose => none.csv does not exist
          file.csv => --verbose => the manifest has no column uri (nor path, nor image); it has file, x
          boxes.csv => --verbose => the manifest has x, y but not width, height
          photos.csv => --column=uri=file => the manifest has no column "file"
          photos.csv => --where=size>3 => --where "size>3" cannot be used
          photos.csv => --input-size=224 => --input-size 224x224, but the model takes 64x64
          photos.csv => --channels=gray => --channels gray, but the model takes 3 channels
          photos.csv => --fetch=probabilitys => no tensor named probabilitys; the nearest are probabilities
          photos.csv => --input=picture => no input named picture
          photos.csv => --feed=x=1 => x
          photos.csv => --argmax --labels=two.txt => --labels has 2 names, but "probabilities" has 5 classes
          photos.csv => --argmax --labels=none.txt => --labels none.txt does not exist
          photos.csv => --preprocess=a.B => class a.B cannot be loaded
          photos.csv => --preprocess=java.lang.String => implements neither
          """)
  void aFirstMistakeIsAnsweredByWhatToDo(String manifest, String flags, String message) {
    var further =
        flags == null ? new String[0] : flags.replace("labels=", "labels=" + home + "/").split(" ");

    assertThatThrownBy(() -> run(manifest, further))
        .satisfies(e -> assertThat(Ending.of(e).code()).as("%s", e).isEqualTo(ExitCode.REFUSED))
        .hasMessageContaining(message.replace("--labels none", "--labels " + home + "/none"));
  }

  @Test
  void manifestModelAndOutputAreCheckedTogether() throws Exception {
    Files.writeString(output.resolve("precious"), "x");

    assertThatThrownBy(() -> run("file.csv", "--fetch=probabilitys"))
        .hasMessageContaining("the manifest has no column uri")
        .hasMessageContaining("no tensor named probabilitys")
        .hasMessageContaining("is not empty");
  }

  @Test
  void wrongPathsInTheManifestEndTheJobWithTheReason() {
    assertThatThrownBy(() -> run("wrong.csv"))
        .isInstanceOfSatisfying(StokerException.class, e -> assertThat(e.exitCode()).isEqualTo(4))
        .hasMessageContaining("read/not_found");
  }

  @Test
  void anOutputThatExistsIsNotTouched() throws Exception {
    Files.writeString(output.resolve("precious"), "x");

    assertThatThrownBy(() -> run("photos.csv")).hasMessageContaining("is not empty");
    assertThatThrownBy(() -> run("photos.csv", "--mode=overwrite"))
        .hasMessageContaining("holds other files");
    assertThat(output.resolve("precious")).exists();
  }

  @Test
  void mistakesInTheFlagsAreThrown() {
    assertThatThrownBy(() -> run("photos.csv", "--batch=0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mistakes in the flags");
  }

  private void run(String manifest, String... further) throws Exception {
    var arguments = new ArrayList<String>();
    arguments.add("predict");
    arguments.add("--manifest=" + home.resolve(manifest));
    arguments.add("--model=" + model.graph());
    arguments.add("--output=" + output);
    arguments.addAll(List.of(further));
    Main.main(arguments.toArray(String[]::new));
  }
}
