package io.stoker.example;

import java.util.Random;

/** Cumulus from above: bright billows with a grey side. */
final class Clouds implements Texture {
  private static final int LIT = 0xfbfbfa;
  private static final int SHADED = 0xa9b2c0;

  private final Noise noise;
  private final Light light;

  Clouds(Random random, Light light) {
    this.light = light;
    noise = new Noise(random.nextInt());
  }

  @Override
  public int at(double x, double y) {
    double here = billow(x, y);
    double towardsSun = billow(x + 7 * light.sunX(), y + 7 * light.sunY());
    double relief = 1.6 * (here - towardsSun);
    return Colour.mix(SHADED, LIT, 0.62 + relief + 0.3 * (here - 0.4));
  }

  /** Folding noise at zero makes the round tops and sharp creases of cumulus. */
  private double billow(double x, double y) {
    // Each octave is turned, or the lattice would show as horizontal and vertical creases.
    return 0.55 * Math.abs(noise.at(x / 75 + y / 130, y / 75 - x / 130))
        + 0.27 * Math.abs(noise.at(x / 34 - y / 60 + 90, y / 34 + x / 60))
        + 0.1 * Math.abs(noise.at(x / 15, y / 15 + 90));
  }
}
