package io.stoker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileTreeTest {
  private final Path folder;

  private final FileTree tree = new FileTree(Map.of());

  FileTreeTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aFolderIsReadWithAllThatLiesBelow() throws Exception {
    Files.createDirectories(folder.resolve("m/variables"));
    Files.write(folder.resolve("m/saved_model.pb"), new byte[] {1, 2});
    Files.write(folder.resolve("m/variables/variables 100%.index"), new byte[] {3});
    for (String uri : new String[] {folder + "/m", folder + "/m/", "file:" + folder + "/m"}) {
      Map<String, byte[]> files = tree.read(uri, 3);
      assertThat(files).containsOnlyKeys("saved_model.pb", "variables/variables 100%.index");
      assertThat(files.get("saved_model.pb")).containsExactly(1, 2);
    }
  }

  @Test
  void aFileIsReadUnderTheEmptyPath() throws Exception {
    Files.write(folder.resolve("frozen.pb"), new byte[] {7});
    assertThat(tree.read(folder + "/frozen.pb", 1)).containsOnlyKeys("");
  }

  @Test
  void moreBytesThanAllowedAreRefused() throws Exception {
    Files.write(folder.resolve("a"), new byte[3]);
    Files.write(folder.resolve("b"), new byte[3]);
    assertThatThrownBy(() -> tree.read(folder.toString(), 5))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has more than 5 bytes");
    assertThat(tree.read(folder.toString(), 6)).hasSize(2);
  }

  @Test
  void moreFilesThanAModelHasAreRefused() throws Exception {
    for (int i = 0; i < 4; i++) {
      Files.createFile(folder.resolve("f" + i));
    }
    assertThat(new FileTree(Map.of(), 4).read(folder.toString(), 0)).hasSize(4);
    assertThatThrownBy(() -> new FileTree(Map.of(), 3).read(folder.toString(), 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has more than 3 files");
  }

  @Test
  void whatIsMissingIsNotFound() {
    assertThatThrownBy(() -> tree.read(folder + "/missing", 1))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("missing");
    assertThatThrownBy(() -> tree.read("", 1)).isInstanceOf(FileNotFoundException.class);
  }
}
