package io.stoker.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

final class SceneTest {
  /**
   * The network was trained on scenes that look like this. Who changes how they are drawn trains it
   * again ({@code src/tools/train-example}), then puts the new number here.
   */
  @Test
  void oneSeedDrawsTheSamePixelsEverywhere() {
    var scene = Scene.draw(3, 640, 480);

    var crc = new CRC32();
    for (int y = 0; y < scene.height(); y++) {
      for (int x = 0; x < scene.width(); x++) {
        int rgb = scene.image().getRGB(x, y);
        crc.update(rgb >> 16);
        crc.update(rgb >> 8);
        crc.update(rgb);
        crc.update(scene.coverAt(x, y).ordinal());
      }
    }
    assertThat(crc.getValue()).isEqualTo(1_726_070_620L);
  }

  @Test
  void majorityIsTheClassOfMostPixels() {
    var scene = Scene.draw(8, 640, 480);

    for (int x = 0; x + 96 <= scene.width(); x += 31) {
      int[] pixels = scene.pixelsByCover(x, 200, 96, 64);
      assertThat(Arrays.stream(pixels).sum()).isEqualTo(96 * 64);
      int most = Arrays.stream(pixels).max().orElseThrow();
      assertThat(pixels[scene.majority(x, 200, 96, 64).ordinal()]).isEqualTo(most);
    }
  }

  @Test
  void neighbouringSeedsDrawUnlikeScenes() {
    var first = Scene.draw(1, 320, 240);
    var second = Scene.draw(2, 320, 240);

    int alike = 0;
    for (int y = 0; y < 240; y++) {
      for (int x = 0; x < 320; x++) {
        alike += first.coverAt(x, y) == second.coverAt(x, y) ? 1 : 0;
      }
    }
    assertThat(alike).isLessThan(320 * 240 * 3 / 4);
  }
}
