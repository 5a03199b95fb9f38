package io.stoker.example;

/**
 * Seeded randomness over the plane: hashes of lattice points and gradient noise between them.
 *
 * <p>Pure functions of seed and coordinates: integers, additions and multiplications only, whose
 * results Java fixes to the bit. Immutable.
 */
final class Noise {
  private static final double DIAGONAL = 0.7071067811865476;
  private static final double[] GRADIENT_X = {
    1, -1, 0, 0, DIAGONAL, -DIAGONAL, DIAGONAL, -DIAGONAL
  };
  private static final double[] GRADIENT_Y = {
    0, 0, 1, -1, DIAGONAL, DIAGONAL, -DIAGONAL, -DIAGONAL
  };

  private final int seed;

  Noise(int seed) {
    this.seed = seed;
  }

  /** 32 well mixed bits of the lattice point. */
  int hash(int x, int y) {
    int h = seed + x * 0x27d4eb2d + y * 0x165667b1;
    h ^= h >>> 15;
    h *= 0x2c1b3c6d;
    h ^= h >>> 12;
    h *= 0x297a2d39;
    return h ^ (h >>> 15);
  }

  /** Uniform in [0, 1) at a lattice point. */
  double unit(int x, int y) {
    return unit(hash(x, y));
  }

  /** The upper 16 bits of a hash, uniform in [0, 1). */
  static double unit(int hash) {
    return (hash >>> 16) * 0x1p-16;
  }

  /** The lower 16 bits of a hash: a second number, independent of {@link #unit(int)}. */
  static double secondUnit(int hash) {
    return (hash & 0xffff) * 0x1p-16;
  }

  /** Gradient noise of wavelength 1: smooth, about -1 to 1, 0 on lattice points. */
  double at(double x, double y) {
    int left = (int) Math.floor(x);
    int top = (int) Math.floor(y);
    double dx = x - left;
    double dy = y - top;
    double u = fade(dx);
    double upper = gradient(left, top, dx, dy);
    upper += u * (gradient(left + 1, top, dx - 1, dy) - upper);
    double lower = gradient(left, top + 1, dx, dy - 1);
    lower += u * (gradient(left + 1, top + 1, dx - 1, dy - 1) - lower);
    return 1.5 * (upper + fade(dy) * (lower - upper));
  }

  /** Noise plus half as much of twice the frequency, and so on; about -1 to 1. */
  double fractal(double x, double y, int octaves) {
    double sum = 0;
    double amplitude = 1;
    double total = 0;
    for (int octave = 0; octave < octaves; octave++) {
      // The odd offset keeps the lattices' zeros apart.
      sum += amplitude * at(x + 17.3 * octave, y - 9.7 * octave);
      total += amplitude;
      amplitude /= 2;
      x *= 2;
      y *= 2;
    }
    return sum / total;
  }

  private double gradient(int x, int y, double dx, double dy) {
    int direction = hash(x, y) >>> 29;
    return GRADIENT_X[direction] * dx + GRADIENT_Y[direction] * dy;
  }

  /** 0 to 1 with flat ends, so that lattice lines don't show. */
  private static double fade(double t) {
    return t * t * t * (t * (t * 6 - 15) + 10);
  }
}
