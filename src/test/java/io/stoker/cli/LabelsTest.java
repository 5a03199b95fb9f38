package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.runtime.RefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LabelsTest {
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void namesComeInTheOrderOfTheLines(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("labels.txt"), "\uFEFFtench\r\ngreat shark\r\n\n");

    assertThat(Labels.read(spark, file.toUri().toString())).containsExactly("tench", "great shark");
    assertThat(Labels.read(spark, file.toString())).containsExactly("tench", "great shark");
  }

  @Test
  void aMissingFileIsRefused(@TempDir Path folder) {
    assertThatThrownBy(() -> Labels.read(spark, folder.resolve("none.txt").toString()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("--labels " + folder + "/none.txt cannot be read")
        .hasMessageContaining("expected a text file with the name of one class a line");
  }

  @Test
  void aFolderOfFilesIsRefused(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("a.txt"), "a");
    Files.writeString(folder.resolve("b.txt"), "b");

    assertThatThrownBy(() -> Labels.read(spark, folder.toString()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("holds 2 files");
  }

  @Test
  void anEmptyLineIsNamed() {
    assertThatThrownBy(() -> Labels.parse("l.txt", "a\n\nb\n"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("has no name in line 2");
    assertThatThrownBy(() -> Labels.parse("l.txt", " \n"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("is empty");
  }
}
