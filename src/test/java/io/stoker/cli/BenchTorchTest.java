package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The tests of {@code submit/bench-torch.py}, which are Python's. Skipped aloud without Python;
 * those of them that need PyTorch skip themselves.
 */
@Timeout(120)
final class BenchTorchTest {
  @Test
  void itsOwnTestsPass() throws Exception {
    if (!hasPython()) {
      String why = "BenchTorchTest is skipped: there is no python3 on the path";
      System.err.println(why);
      abort(why);
    }
    var builder =
        new ProcessBuilder("python3", "src/test/python/bench_torch_test.py")
            .redirectErrorStream(true);
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    Process tests = builder.start();
    tests.getOutputStream().close();

    String said = new String(tests.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(tests.waitFor()).as(said).isZero();
    assertThat(said).containsPattern("Ran [1-9][0-9] tests").contains("OK");
  }

  private static boolean hasPython() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> new File(folder, "python3").canExecute());
  }
}
