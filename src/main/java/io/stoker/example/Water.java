package io.stoker.example;

import java.util.Random;

/** Lakes: a slow change of depth and turbidity under wind ripples, with a little glitter. */
final class Water implements Texture {
  private static final int[] CLEAR = {0x1f4e79, 0x17406b, 0x25607f, 0x2b5f66};
  private static final int[] TURBID = {0x2f7287, 0x3f7a72, 0x2c6a9a, 0x4b7468};

  private final Noise noise;
  private final Turn wind;
  private final int deep;
  private final int shallow;
  private final double swell;
  private final double glitter;

  Water(Random random) {
    noise = new Noise(random.nextInt());
    wind = Turn.by(random.nextDouble() * Math.PI);
    deep = CLEAR[random.nextInt(CLEAR.length)];
    shallow = TURBID[random.nextInt(TURBID.length)];
    swell = 0.06 + 0.12 * random.nextDouble();
    glitter = 0.15 + 0.35 * random.nextDouble();
  }

  @Override
  public int at(double x, double y) {
    int body = Colour.mix(deep, shallow, 0.5 + 0.8 * noise.fractal(x / 260, y / 260, 2));
    double u = wind.u(x, y);
    double v = wind.v(x, y);
    double gust = 0.6 + 0.5 * noise.at(x / 130 + 40, y / 130);
    double ripple = 0.6 * noise.at(u / 26 + 300, v / 8) + 0.4 * noise.at(u / 11, v / 3.6 + 700);
    int rippled = Colour.scale(body, 1 + swell * gust * 2 * ripple);
    double crest = Colour.step(0.45, 0.85, ripple) * gust * glitter;
    return Colour.mix(rippled, 0xcfe3ea, crest);
  }
}
