package io.stoker.runtime;

import java.util.Map;

/** The driver's half: makes a job ready, or refuses it. */
public final class Preparation {
  private Preparation() {}

  /**
   * Reads the model, checks everything that can be checked without an executor, and splices head
   * and tail to it.
   *
   * @param spec what to do
   * @param shapes what the manifest's boxes are like
   * @param hadoop file system settings by name
   * @throws RefusedException with every problem found
   */
  public static PreparedJob prepare(
      PredictSpec spec, RegionShapes shapes, Map<String, String> hadoop) throws RefusedException {
    throw new UnsupportedOperationException("comes with the integration");
  }
}
