package io.stoker.pipeline;

/** What becomes of a box that reaches outside its image. One without any pixel inside fails. */
public enum BoxOutside {
  /** Its region fails. */
  FAIL,
  /** It is cut at the image's border. */
  CLAMP,
  /** It keeps its size; what lies outside is black. */
  PAD
}
