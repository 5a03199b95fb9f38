package io.stoker.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * The folder with test images, models and goldens, {@code ../shared} unless {@code
 * -Dstoker.shared=DIR} says otherwise.
 */
public final class Shared {
  private static final Path DIR =
      Path.of(System.getProperty("stoker.shared", "../shared")).toAbsolutePath().normalize();

  private Shared() {}

  /** The folder, whether it is there or not. */
  public static Path dir() {
    return DIR;
  }

  /** The corpora in it. */
  public static Path corpora() {
    return DIR.resolve("corpora");
  }

  /**
   * Skips the calling test where the corpora are missing, and says so on the terminal: a skip that
   * nobody sees looks like a pass.
   */
  public static void assumeAvailable() {
    if (!Files.isDirectory(corpora())) {
      var message =
          "SKIPPED: no test material in "
              + corpora()
              + "; name its folder with -Dstoker.shared=DIR";
      System.err.println(message);
      Assumptions.abort(message);
    }
  }
}
