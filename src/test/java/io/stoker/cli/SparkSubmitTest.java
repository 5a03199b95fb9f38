package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.example.ExampleModel;
import io.stoker.testing.SparkHome;
import io.stoker.testing.SparkSubmit;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same main class and job jar under {@code spark-submit}, on the oldest and newest Spark. */
@Tag("slow")
@Timeout(600)
final class SparkSubmitTest {
  @ParameterizedTest
  @ValueSource(strings = {SparkHome.SPARK_3_5, SparkHome.SPARK_4_1})
  void predictsAndPassesItsExitCodeOn(String versions, @TempDir Path home) throws Exception {
    ExampleModel.Written model = ExampleModel.write(home.resolve("model"));
    ImageIO.write(
        new BufferedImage(96, 96, BufferedImage.TYPE_INT_RGB),
        "png",
        home.resolve("black.png").toFile());
    Files.writeString(home.resolve("manifest.csv"), "uri,note\nblack.png,one\nnone.png,two\n");
    String[] arguments = {
      "predict",
      "--manifest=" + home.resolve("manifest.csv"),
      "--model=" + model.graph(),
      "--labels=" + model.labels(),
      "--argmax",
      "--max-failures=1",
      "--output=" + home.resolve("out")
    };
    var submit = new SparkSubmit(SparkHome.of(versions));

    SparkSubmit.Result first = submit.run(Main.class.getName(), SparkHome.jobJar(), arguments);

    assertThat(first.exitCode()).as(first.stderr()).isZero();
    assertThat(first.stdout()).contains("2 regions: 1 ok, 1 failed").contains("read/not_found");
    assertThat(home.resolve("out/_SUCCESS")).exists();

    SparkSubmit.Result second = submit.run(Main.class.getName(), SparkHome.jobJar(), arguments);

    assertThat(second.exitCode()).as(second.stderr()).isEqualTo(ExitCode.REFUSED);
    assertThat(second.stderr()).contains("is not empty");
  }
}
