package io.stoker.example;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The committed network that tells land covers apart: a frozen TensorFlow graph, trained by {@code
 * src/tools/train-example} on scenes of {@link Scene}.
 *
 * <p>It takes {@code image} {@code [batch, 64, 64, 3] float32}, red, green and blue from -1 to 1
 * ({@code --normalize minus-one-one}): regions of {@link ExampleData#BOX_PIXELS} pixels, resized.
 * It returns {@code probabilities} {@code [batch, 5] float32}: the share of the region that each
 * class covers, in the order of {@link LandCover}. {@code embedding} {@code [batch, 32] float32}
 * can be fetched as well.
 */
public final class ExampleModel {
  /** The resource's name beside this class. */
  public static final String GRAPH = "landcover.pb";

  /** One label a line, in the order of the output. */
  public static final String LABELS = "landcover.labels.txt";

  /** Width and height of the input. */
  public static final int INPUT_PIXELS = 64;

  private ExampleModel() {}

  /**
   * Where the model was written to.
   *
   * @param graph for {@code --model}
   * @param labels for {@code --labels}
   */
  public record Written(Path graph, Path labels) {}

  /**
   * Writes the graph and its labels into a folder, over what is there.
   *
   * @param folder created where it is missing
   * @throws IOException if a file cannot be written
   */
  public static Written write(Path folder) throws IOException {
    Files.createDirectories(folder);
    return new Written(copy(GRAPH, folder), copy(LABELS, folder));
  }

  private static Path copy(String name, Path folder) throws IOException {
    try (InputStream in = ExampleModel.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException(
            name + " is not in Stoker's jar, expected beside " + ExampleModel.class.getName());
      }
      Path target = folder.resolve(name);
      Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
      return target;
    }
  }
}
