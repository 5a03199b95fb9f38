package io.stoker.example;

/** Arithmetic on packed colours, 0xRRGGBB. */
final class Colour {
  private Colour() {}

  /** {@code a} at 0, {@code b} at 1, a blend between; {@code share} is clamped. */
  static int mix(int a, int b, double share) {
    int t = (int) (256 * clamp(share));
    int evens = (a & 0xff00ff) * (256 - t) + (b & 0xff00ff) * t;
    int green = (a & 0x00ff00) * (256 - t) + (b & 0x00ff00) * t;
    return ((evens >>> 8) & 0xff00ff) | ((green >>> 8) & 0x00ff00);
  }

  /** All channels times {@code factor}, saturating. */
  static int scale(int rgb, double factor) {
    return scale(rgb, factor, factor, factor);
  }

  /** Each channel times its factor, saturating. */
  static int scale(int rgb, double red, double green, double blue) {
    return saturate(((rgb >> 16) & 0xff) * red) << 16
        | saturate(((rgb >> 8) & 0xff) * green) << 8
        | saturate((rgb & 0xff) * blue);
  }

  /** All channels plus {@code levels}, saturating. */
  static int add(int rgb, double levels) {
    return saturate(((rgb >> 16) & 0xff) + levels) << 16
        | saturate(((rgb >> 8) & 0xff) + levels) << 8
        | saturate((rgb & 0xff) + levels);
  }

  /** Clamped to [0, 1]. */
  static double clamp(double value) {
    return value < 0 ? 0 : value > 1 ? 1 : value;
  }

  /** 0 up to {@code from}, 1 beyond {@code to}, a smooth step between. */
  static double step(double from, double to, double value) {
    double t = clamp((value - from) / (to - from));
    return t * t * (3 - 2 * t);
  }

  private static int saturate(double level) {
    return level < 0 ? 0 : level > 255 ? 255 : (int) (level + 0.5);
  }
}
