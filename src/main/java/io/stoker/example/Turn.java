package io.stoker.example;

/** A rotation of the plane by a fixed angle. */
record Turn(double cos, double sin) {
  static Turn by(double radians) {
    return new Turn(StrictMath.cos(radians), StrictMath.sin(radians));
  }

  double u(double x, double y) {
    return cos * x + sin * y;
  }

  double v(double x, double y) {
    return cos * y - sin * x;
  }
}
