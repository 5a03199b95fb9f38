package io.stoker.tools;

import io.stoker.example.ExampleData;
import io.stoker.example.LandCover;
import io.stoker.example.Scene;
import io.stoker.region.Box;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Random regions of random scenes, and what covers them. Two of three scenes went through JPEG.
 *
 * @param pixels {@code [count, 96, 96, 3]}
 * @param shares {@code [count, 5]}, the share of the region that each class covers
 */
record LandCoverSamples(byte[][] pixels, float[][] shares) {
  private static final int SIDE = ExampleData.BOX_PIXELS;
  private static final int SCENE_WIDTH = 1536;
  private static final int SCENE_HEIGHT = 1152;

  int count() {
    return pixels.length;
  }

  /** Draws the scenes {@code firstSeed}, {@code firstSeed + 1} … on all cores. */
  static LandCoverSamples draw(long firstSeed, int scenes, int regionsPerScene) {
    var samples =
        new LandCoverSamples(
            new byte[scenes * regionsPerScene][], new float[scenes * regionsPerScene][]);
    IntStream.range(0, scenes)
        .parallel()
        .forEach(
            scene -> samples.fill(firstSeed + scene, scene * regionsPerScene, regionsPerScene));
    return samples;
  }

  private void fill(long seed, int from, int count) {
    var scene = Scene.draw(seed, SCENE_WIDTH, SCENE_HEIGHT);
    BufferedImage image = seed % 3 == 0 ? scene.image() : throughJpeg(scene.image());
    var random = new Random(seed);
    for (int i = from; i < from + count; i++) {
      int x = random.nextInt(SCENE_WIDTH - SIDE + 1);
      int y = random.nextInt(SCENE_HEIGHT - SIDE + 1);
      pixels[i] = new byte[SIDE * SIDE * 3];
      Pixels.copy(image, new Box(x, y, SIDE, SIDE), pixels[i], 0);
      int[] covered = scene.pixelsByCover(x, y, SIDE, SIDE);
      shares[i] = new float[LandCover.all().size()];
      for (int cover = 0; cover < covered.length; cover++) {
        shares[i][cover] = covered[cover] / (float) (SIDE * SIDE);
      }
    }
  }

  private static BufferedImage throughJpeg(BufferedImage image) {
    try {
      var bytes = new ByteArrayOutputStream();
      ImageIO.write(image, "jpg", bytes);
      return ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write a scene as JPEG into memory", e);
    }
  }

  /**
   * Copies one sample, turned by one of the eight symmetries of the square: a landscape seen from
   * above has no upside.
   */
  void copy(int sample, int symmetry, byte[] target, int offset) {
    byte[] source = pixels[sample];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        int u = (symmetry & 1) == 0 ? x : SIDE - 1 - x;
        int v = (symmetry & 2) == 0 ? y : SIDE - 1 - y;
        int from = 3 * ((symmetry & 4) == 0 ? v * SIDE + u : u * SIDE + v);
        target[offset++] = source[from];
        target[offset++] = source[from + 1];
        target[offset++] = source[from + 2];
      }
    }
  }
}
