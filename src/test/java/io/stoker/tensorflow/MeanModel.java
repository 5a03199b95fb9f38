package io.stoker.tensorflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** For the tests of other rooms: a model whose answer anybody can work out. */
public final class MeanModel {
  private MeanModel() {}

  /** Writes a frozen graph from {@code x [batch, side, side, 3]} to {@code mean [batch, 3]}. */
  public static Path write(Path file, int side) throws IOException {
    byte[] graph =
        new Graphs()
            .placeholder("x", Models.FLOAT, -1, side, side, 3)
            .ints("axes", 1, 2)
            .node(
                "Mean",
                "mean",
                List.of("x", "axes"),
                "T",
                Models.FLOAT,
                "Tidx",
                Models.INT32,
                "keep_dims",
                false)
            .bytes();
    return Files.write(file, graph);
  }
}
