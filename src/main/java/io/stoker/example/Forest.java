package io.stoker.example;

import java.util.Random;

/** Trees from above: lit domes of mixed size and kind, dark gaps between them. */
final class Forest implements Texture {
  private static final double SPACING_METRES = 11;
  private static final int GAP = 0x16241a;
  private static final int[] CONIFERS = {0x24452f, 0x2b4f33, 0x1f3f30, 0x2f5535};
  private static final int[] SUMMER = {0x3f6b2e, 0x4a7a34, 0x557f3a, 0x3a6230};
  private static final int[] AUTUMN = {0x7d7a2e, 0x8a5f28, 0x6b7433, 0x9a7230};

  private final Noise noise;
  private final Noise trees;
  private final Light light;
  private final int[] broadleaves;
  private final double conifers;

  Forest(Random random, Light light) {
    this.light = light;
    noise = new Noise(random.nextInt());
    trees = new Noise(random.nextInt());
    broadleaves = random.nextInt(4) == 0 ? AUTUMN : SUMMER;
    conifers = random.nextDouble() - 0.5;
  }

  @Override
  public int at(double x, double y) {
    double scaledX = x / SPACING_METRES;
    double scaledY = y / SPACING_METRES;
    int column = (int) Math.floor(scaledX);
    int row = (int) Math.floor(scaledY);
    double top = 0;
    double shade = 0;
    int tree = 0;
    for (int j = row - 1; j <= row + 1; j++) {
      for (int i = column - 1; i <= column + 1; i++) {
        int hash = trees.hash(i, j);
        double dx = scaledX - i - Noise.unit(hash);
        double dy = scaledY - j - Noise.secondUnit(hash);
        double radius = 0.45 + 0.4 * ((hash >>> 8 & 0xff) / 255.0);
        double height = radius * radius - dx * dx - dy * dy;
        if (height > top) {
          top = height;
          shade = (dx * light.sunX() + dy * light.sunY()) / radius;
          tree = hash;
        }
      }
    }
    if (top == 0) {
      return GAP;
    }
    double grain = 0.12 * noise.at(x / 2.3, y / 2.3);
    int crown = Colour.scale(species(x, y, tree), 0.92 + 0.42 * shade + grain);
    return Colour.mix(GAP, crown, 0.25 + 6 * top);
  }

  private int species(double x, double y, int tree) {
    double stand = noise.fractal(x / 180, y / 180, 2) * 2 + conifers + Noise.secondUnit(tree) - 0.5;
    int[] palette = stand > 0 ? CONIFERS : broadleaves;
    return palette[tree >>> 12 & 3];
  }
}
