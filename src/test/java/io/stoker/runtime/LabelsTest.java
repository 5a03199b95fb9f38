package io.stoker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LabelsTest {
  private final List<String> problems = new ArrayList<>();

  private List<String> read(String uri) {
    return Labels.read(uri, Map.of(), problems);
  }

  @Test
  void namesComeInTheOrderOfTheLines(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("labels.txt"), "\uFEFFtench\r\ngreat shark\r\n\n");

    assertThat(read(file.toUri().toString())).containsExactly("tench", "great shark");
    assertThat(read(file.toString())).containsExactly("tench", "great shark");
    assertThat(problems).isEmpty();
  }

  @Test
  void whatIsNoListOfNamesIsAProblem(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("a.txt"), "a");
    Files.writeString(folder.resolve("gap.txt"), "a\n\nb\n");
    Files.writeString(folder.resolve("blank.txt"), " \n");

    read(folder + "/none.txt");
    read(folder.toString());
    read(folder + "/gap.txt");
    read(folder + "/blank.txt");

    assertThat(problems)
        .satisfiesExactly(
            missing -> assertThat(missing).startsWith("--labels " + folder + "/none.txt does not"),
            several -> assertThat(several).contains("is a folder; expected a text file with"),
            gap -> assertThat(gap).contains("has no name in line 2"),
            blank -> assertThat(blank).contains("blank.txt is empty"));
  }
}
