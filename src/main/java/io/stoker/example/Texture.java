package io.stoker.example;

/** The colour of one kind of ground, everywhere in a scene. Implementations are immutable. */
interface Texture {
  /**
   * The colour 0xRRGGBB at a point.
   *
   * @param x in metres of the scene's ground, so that scenes can be drawn at several scales
   * @param y likewise, downwards
   */
  int at(double x, double y);
}
