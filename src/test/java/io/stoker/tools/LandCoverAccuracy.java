package io.stoker.tools;

import io.stoker.example.LandCover;
import io.stoker.region.Box;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import javax.imageio.ImageIO;
import org.tensorflow.proto.GraphDef;

/**
 * How often a network is right about an example's regions, all good ones: also those that several
 * classes share. Right is who names the class of most pixels, the manifest's {@code truth}.
 *
 * @param regions how many good regions there were
 * @param right how many of them the network got right
 */
public record LandCoverAccuracy(int regions, int right) {
  /** One good region of the manifest. */
  private record Row(Box box, LandCover truth) {}

  /** Reads every image of an example's manifest and asks a frozen network about its regions. */
  public static LandCoverAccuracy measure(GraphDef frozen, Path manifest) throws IOException {
    var byUri = new LinkedHashMap<String, List<Row>>();
    for (String line : Files.readAllLines(manifest)) {
      String[] cells = line.split(",", -1);
      if (!cells[0].equals("uri") && !cells[6].isEmpty()) {
        byUri.computeIfAbsent(cells[0], uri -> new ArrayList<>()).add(row(cells));
      }
    }
    int regions = 0;
    int right = 0;
    try (var classifier = new LandCoverClassifier(frozen)) {
      for (var rows : byUri.entrySet()) {
        var image = ImageIO.read(manifest.resolveSibling(rows.getKey()).toFile());
        var classes = classifier.classify(image, rows.getValue().stream().map(Row::box).toList());
        for (int i = 0; i < classes.size(); i++) {
          right += classes.get(i) == rows.getValue().get(i).truth() ? 1 : 0;
        }
        regions += classes.size();
      }
    }
    return new LandCoverAccuracy(regions, right);
  }

  private static Row row(String[] cells) {
    var box =
        new Box(
            Integer.parseInt(cells[1]),
            Integer.parseInt(cells[2]),
            Integer.parseInt(cells[3]),
            Integer.parseInt(cells[4]));
    return new Row(box, LandCover.of(cells[6]));
  }

  /** From 0 to 1. */
  public double share() {
    return (double) right / regions;
  }
}
