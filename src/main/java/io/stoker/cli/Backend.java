package io.stoker.cli;

import java.nio.file.Path;

/** What commands do once their flags are in order; tests put their own here. */
interface Backend {
  /**
   * Predicts.
   *
   * @throws Exception as the job ended, where it did not end well; {@link Ending} knows the kinds
   */
  void predict(PredictJob job, Verbosity verbosity) throws Exception;

  /**
   * Draws, predicts and shows the example.
   *
   * @param folder where its files go
   * @throws Exception as {@link #predict} does
   */
  void example(Path folder, Verbosity verbosity) throws Exception;
}
