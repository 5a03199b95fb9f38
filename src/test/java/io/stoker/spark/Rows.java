package io.stoker.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Manifests for tests. */
final class Rows {
  private Rows() {}

  /** Writes lines. */
  static Path write(Path file, String... lines) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.write(file, List.of(lines));
  }

  /** A CSV manifest of so many boxes, four an image, and some more lines. */
  static Path boxes(Path file, int count, String... more) throws IOException {
    var lines =
        Stream.of(
                Stream.of("uri,x,y,width,height,site"),
                IntStream.range(0, count)
                    .mapToObj(i -> "img-" + i / 4 + ".jpg," + i % 4 * 10 + ",0,10,10,s" + i),
                Stream.of(more))
            .flatMap(part -> part);
    return write(file, lines.toArray(String[]::new));
  }
}
