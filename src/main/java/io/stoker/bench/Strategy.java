package io.stoker.bench;

/** One way to predict all regions. Used by one thread. */
interface Strategy extends AutoCloseable {
  /**
   * Does all regions once.
   *
   * @param answers gets what comes out, where anything does
   */
  Pass pass(Answers answers) throws Exception;

  /** How many regions a pass predicts. */
  int regions();

  /** Whether it answers regions at all; the ceilings do not. */
  default boolean answersRegions() {
    return true;
  }

  @Override
  default void close() throws Exception {}

  /**
   * How a pass went.
   *
   * @param imagesPerSecond regions a second: each is an image to the model
   * @param busy the share of time in which the device had something to do, or NaN where nobody
   *     knows
   * @param note for the log: empty, or what else is to be said
   */
  record Pass(double imagesPerSecond, double busy, String note) {
    static Pass of(int regions, long nanos, double busy) {
      return new Pass(regions * 1e9 / nanos, busy, "");
    }

    Pass noted(String text) {
      return new Pass(imagesPerSecond, busy, ", " + text);
    }
  }
}
