package io.stoker.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.example.ExampleMap.Cell;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExampleMapTest {
  private final Path folder;
  private final Path scene;
  private final Path map;

  ExampleMapTest(@TempDir Path folder) {
    this.folder = folder;
    scene = folder.resolve("scene.png");
    map = folder.resolve("map.png");
  }

  /** A black scene: a map's colour is what was laid over it. */
  @BeforeEach
  void writeScene() throws IOException {
    ImageIO.write(new BufferedImage(720, 360, BufferedImage.TYPE_INT_RGB), "png", scene.toFile());
  }

  @Test
  void eachRegionWearsTheColourOfItsClassAndTheRestNone() throws IOException {
    ExampleMap.paint(
        scene, List.of(new Cell(0, 0, 96, 96, "water"), new Cell(96, 0, 96, 96, "town")), map);

    BufferedImage painted = ImageIO.read(map.toFile());
    assertThat(painted.getWidth()).isEqualTo(1_440);
    assertThat(painted.getHeight()).isEqualTo(720 + Legend.HEIGHT);
    assertThat(tintAt(painted, 96, 96)).isEqualTo(tint(LandCover.WATER));
    assertThat(tintAt(painted, 288, 96)).isEqualTo(tint(LandCover.TOWN));
    assertThat(tintAt(painted, 1_000, 500)).isZero();
  }

  @Test
  void whereRegionsOverlapTheMajorityAroundAPointWins() throws IOException {
    ExampleMap.paint(
        scene,
        List.of(
            new Cell(0, 0, 96, 96, "field"),
            new Cell(48, 0, 96, 96, "forest"),
            new Cell(96, 0, 96, 96, "field")),
        map);

    BufferedImage painted = ImageIO.read(map.toFile());
    assertThat(tintAt(painted, 100, 96)).isEqualTo(tint(LandCover.FIELD));
    assertThat(tintAt(painted, 192, 96)).isEqualTo(tint(LandCover.FOREST));
  }

  @Test
  void refusesLabelsItDoesNotKnowAndFilesThatAreNoImage() throws IOException {
    assertThatThrownBy(() -> ExampleMap.paint(scene, List.of(new Cell(0, 0, 9, 9, "lava")), map))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"lava\"")
        .hasMessageContaining("water, forest, field, town, cloud");

    Path text = Files.writeString(folder.resolve("scene.txt"), "no picture");
    assertThatThrownBy(() -> ExampleMap.paint(text, List.of(), map))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("scene.txt is no image");
  }

  private static int tintAt(BufferedImage map, int x, int y) {
    return map.getRGB(x, y) & 0xffffff;
  }

  private static int tint(LandCover cover) {
    return Colour.mix(0, Legend.colour(cover), ExampleMap.TINT);
  }
}
