package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CudaToolkitTest {
  @TempDir private Path folder = Path.of("");

  private Path toolkit(String name, boolean ptxas) throws IOException {
    Path root = folder.resolve(name);
    Files.createDirectories(root.resolve("nvvm/libdevice"));
    Files.createFile(root.resolve("nvvm/libdevice/libdevice.10.bc"));
    if (ptxas) {
      executable(root.resolve("bin/ptxas"));
    }
    return root;
  }

  private static void executable(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.createFile(file);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private CudaToolkit with(Map<String, String> environment) {
    return new CudaToolkit(environment, folder.resolve("usual"));
  }

  private static void assertGood(CudaToolkit toolkit) {
    assertThatCode(toolkit::check).doesNotThrowAnyException();
  }

  @Test
  void theUsualFolderIsGivenToXla() throws Exception {
    Path usual = toolkit("usual", true);
    CudaToolkit found = with(Map.of());
    assertThat(found.flags()).hasValue("--xla_gpu_cuda_data_dir=" + usual);
    assertGood(found);
  }

  @Test
  void cudaHomeComesFirst() throws Exception {
    toolkit("usual", true);
    Path home = toolkit("home", true);
    assertThat(with(Map.of("CUDA_HOME", home.toString())).flags())
        .hasValue("--xla_gpu_cuda_data_dir=" + home);
  }

  @Test
  void aHomeThatLacksItDoesNotHideTheUsualFolder() throws Exception {
    Path usual = toolkit("usual", true);
    CudaToolkit found = with(Map.of("CUDA_HOME", folder.resolve("empty").toString()));
    assertThat(found.flags()).hasValue("--xla_gpu_cuda_data_dir=" + usual);
    assertGood(found);
  }

  @Test
  void theUsersFlagsStay() throws Exception {
    Path usual = toolkit("usual", true);
    assertThat(with(Map.of("XLA_FLAGS", "--xla_dump_to=dump")).flags())
        .hasValue("--xla_dump_to=dump --xla_gpu_cuda_data_dir=" + usual);
  }

  @Test
  void theFolderThatTheUserNamesIsTheOnlyOne() throws Exception {
    toolkit("usual", true);
    Path own = toolkit("own tools", true);
    CudaToolkit good = with(Map.of("XLA_FLAGS", "--xla_gpu_cuda_data_dir=\"" + own + "\" --x=1"));
    assertThat(good.flags()).isEmpty();
    assertGood(good);

    Path missing = folder.resolve("missing");
    CudaToolkit bad = with(Map.of("XLA_FLAGS", "--x --xla_gpu_cuda_data_dir=" + missing));
    assertThat(bad.flags()).isEmpty();
    assertThatThrownBy(bad::check)
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(missing + " (from XLA_FLAGS)");
  }

  @Test
  void aFolderWithSpacesIsQuoted() throws Exception {
    Path home = toolkit("my tools", true);
    assertThat(with(Map.of("CUDA_HOME", home.toString())).flags())
        .hasValue("--xla_gpu_cuda_data_dir=\"" + home + "\"");
  }

  @Test
  void aFileOfFlagsIsItsOwners() {
    CudaToolkit file = with(Map.of("XLA_FLAGS", "flags.txt"));
    assertThat(file.flags()).isEmpty();
    assertGood(file);
  }

  @Test
  void ptxasMayBeOnThePath() throws Exception {
    toolkit("usual", false);
    assertThatThrownBy(with(Map.of())::check).hasMessageContaining("bin/ptxas");
    executable(folder.resolve("tools/ptxas"));
    assertGood(with(Map.of("PATH", "/nowhere:" + folder.resolve("tools"))));
  }

  @Test
  void withoutItTheRefusalSaysWhatToDo() {
    CudaToolkit none = with(Map.of("CUDA_HOME", folder.resolve("home").toString()));
    assertThat(none.flags()).isEmpty();
    assertThatThrownBy(none::check)
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("libdevice.10.bc")
        .hasMessageContaining(folder.resolve("home") + ", " + folder.resolve("usual"))
        .hasMessageContaining("set CUDA_HOME")
        .hasMessageContaining("spark.executorEnv.CUDA_HOME");
  }
}
