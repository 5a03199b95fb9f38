package io.stoker.example;

import java.util.Random;

/**
 * Where in a scene what lies: four slow noises and their thresholds. Every class takes a random but
 * substantial share of the scene, since thresholds are quantiles. Immutable.
 */
final class Layout {
  private final Noise edges;
  private final double metresPerPixel;
  private final Grid elevation;
  private final double shore;
  private final Grid settlement;
  private final double townEdge;
  private final Grid moisture;
  private final double forestEdge;
  private final Grid humidity;
  private final double cloudBase;

  Layout(Random random, int width, int height, double metresPerPixel) {
    this.metresPerPixel = metresPerPixel;
    edges = new Noise(random.nextInt());
    elevation = grid(random, width, height, 800, 3);
    shore = elevation.quantile(0.16 + 0.14 * random.nextDouble());
    settlement = grid(random, width, height, 700, 2);
    townEdge = settlement.quantile(0.7 + 0.12 * random.nextDouble());
    moisture = grid(random, width, height, 750, 2);
    forestEdge = moisture.quantile(0.45 + 0.2 * random.nextDouble());
    humidity = grid(random, width, height, 650, 2);
    cloudBase = humidity.quantile(0.78 + 0.12 * random.nextDouble());
  }

  private Grid grid(Random random, int width, int height, double wavelengthMetres, int octaves) {
    var noise = new Noise(random.nextInt());
    var warp = new Noise(random.nextInt());
    return new Grid(
        width,
        height,
        (pixelX, pixelY) -> {
          double x = pixelX * metresPerPixel / wavelengthMetres;
          double y = pixelY * metresPerPixel / wavelengthMetres;
          double warpX = 0.25 * warp.at(2 * x, 2 * y);
          double warpY = 0.25 * warp.at(2 * x + 50, 2 * y);
          return noise.fractal(x + warpX, y + warpY, octaves);
        });
  }

  /** What covers the ground below the clouds, given {@link #aboveShore} there. */
  LandCover ground(int x, int y, double aboveShore) {
    if (aboveShore < 0) {
      return LandCover.WATER;
    }
    if (settlement.at(x, y) > townEdge) {
      return LandCover.TOWN;
    }
    return moisture.at(x, y) + ragged(x, y) > forestEdge ? LandCover.FOREST : LandCover.FIELD;
  }

  /** How far above the water, in the noise's own measure; negative in it. */
  double aboveShore(int x, int y) {
    double smooth = elevation.at(x, y) - shore;
    // Far from the shore its small bays don't matter, and noise is what drawing spends time on.
    return Math.abs(smooth) > 0.05 ? smooth : smooth + ragged(x, y);
  }

  /** 0 for clear sky, 1 for cloud that hides the ground. */
  double cloud(int x, int y) {
    double smooth = humidity.at(x, y) - cloudBase;
    if (Math.abs(smooth) > 0.15) {
      return smooth > 0 ? 1 : 0;
    }
    double billows = roughness(x, y, 40, 0.05) + roughness(x, y, 13, 0.02);
    return Colour.step(-0.035, 0.035, smooth + billows);
  }

  private double ragged(int x, int y) {
    return roughness(x, y, 14, 0.012);
  }

  private double roughness(int x, int y, double wavelengthMetres, double amplitude) {
    double scale = metresPerPixel / wavelengthMetres;
    return amplitude * edges.at(x * scale, y * scale);
  }
}
