package io.stoker.tensorflow;

import io.stoker.model.ModelException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of CUDA's toolkit, of which XLA needs two files to compile for a GPU: libdevice and
 * ptxas. Neither comes with TensorFlow, and XLA ends in an obscure error, or in the process's end,
 * without them.
 */
final class CudaToolkit {
  /** XLA's flags as a variable. TensorFlow reads it once, at the first session on a GPU. */
  static final String FLAGS = "XLA_FLAGS";

  private static final String FLAG = "--xla_gpu_cuda_data_dir=";
  private static final Pattern GIVEN = Pattern.compile(FLAG + "(\"[^\"]*\"|'[^']*'|\\S*)");
  private static final Path LIBDEVICE = Path.of("nvvm", "libdevice", "libdevice.10.bc");

  private final String flags;
  private final String searchPath;
  private final @Nullable Path given;
  private final List<Path> candidates;

  /**
   * @param environment of the process, as it was started
   * @param usual where the toolkit is installed as a rule
   */
  CudaToolkit(Map<String, String> environment, Path usual) {
    this.flags = environment.getOrDefault(FLAGS, "").strip();
    this.searchPath = environment.getOrDefault("PATH", "");
    this.given = given(flags);
    String home = environment.getOrDefault("CUDA_HOME", "");
    Stream<Path> others =
        home.isEmpty() ? Stream.of(usual) : Stream.of(Path.of(home), usual).distinct();
    this.candidates = given == null ? others.toList() : List.of(given);
  }

  /** This process's. */
  static CudaToolkit ofProcess() {
    return new CudaToolkit(System.getenv(), Path.of("/usr/local/cuda"));
  }

  private static @Nullable Path given(String flags) {
    Matcher matcher = GIVEN.matcher(flags);
    Path last = null;
    while (matcher.find()) {
      last = Path.of(matcher.group(1).replaceAll("^[\"']|[\"']$", ""));
    }
    return last;
  }

  /** What {@link #FLAGS} must be for XLA to find the toolkit; empty if it is right or of no use. */
  Optional<String> flags() {
    return isFile() || given != null
        ? Optional.empty()
        : folder().map(folder -> (flags + " " + FLAG + quoted(folder)).strip());
  }

  /**
   * @throws ModelException if XLA would not find what it needs
   */
  void check() throws ModelException {
    if (isFile() || folder().isPresent()) {
      return;
    }
    String searched = String.join(", ", candidates.stream().map(Path::toString).toList());
    throw new ModelException(
        "--xla on a GPU needs "
            + LIBDEVICE
            + " and bin/ptxas of the CUDA toolkit, which are not in "
            + searched
            + (given == null ? "" : " (from " + FLAGS + ")")
            + "; install NVIDIA's package cuda-nvcc-12-6, or set CUDA_HOME to the toolkit's folder"
            + " (on executors by spark.executorEnv.CUDA_HOME)");
  }

  private Optional<Path> folder() {
    return candidates.stream().filter(this::isComplete).findFirst();
  }

  private boolean isComplete(Path folder) {
    return Files.isRegularFile(folder.resolve(LIBDEVICE))
        && (Files.isExecutable(folder.resolve("bin").resolve("ptxas")) || ptxasIsOnThePath());
  }

  private boolean ptxasIsOnThePath() {
    return Stream.of(searchPath.split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "ptxas")));
  }

  /** XLA takes anything else for the name of a file with flags, which is its owner's business. */
  private boolean isFile() {
    return !flags.isEmpty() && !flags.startsWith("-");
  }

  private static String quoted(Path folder) {
    String text = folder.toString();
    return text.contains(" ") ? '"' + text + '"' : text;
  }
}
