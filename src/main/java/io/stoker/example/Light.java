package io.stoker.example;

import java.util.Random;

/**
 * How a scene is lit: where the sun stands, and what light and air do to colours.
 *
 * @param sunX horizontal part of the unit vector towards the sun
 * @param sunY vertical part, downwards
 * @param gain brightness
 * @param warmth red over blue, around 1
 * @param haze 0 for clear air
 */
record Light(double sunX, double sunY, double gain, double warmth, double haze) {
  static Light random(Random random) {
    double angle = random.nextDouble() * 2 * Math.PI;
    return new Light(
        StrictMath.cos(angle),
        StrictMath.sin(angle),
        0.86 + 0.3 * random.nextDouble(),
        0.94 + 0.12 * random.nextDouble(),
        0.12 * random.nextDouble());
  }

  /** The colour as the camera sees it, under {@code local} times the scene's light. */
  int on(int rgb, double local) {
    double level = gain * local * (1 - haze);
    int lit = Colour.scale(rgb, level * warmth, level, level / warmth);
    return Colour.add(lit, 200 * haze);
  }
}
