package io.stoker.cli;

import io.stoker.runtime.RefusedException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What commands do once their flags are in order; tests put their own here. */
interface Backend {
  /**
   * Predicts.
   *
   * @throws Exception as the job ended, where it did not end well; {@link Ending} knows the kinds
   */
  void predict(PredictJob job, Verbosity verbosity) throws Exception;

  /**
   * Prints what this machine has, and what settings mean. Needs no session.
   *
   * @param conf a file of Spark's settings, or null
   * @throws Exception if it cannot be read, or its settings contradict each other
   */
  void doctor(@Nullable Path conf) throws Exception;

  /**
   * Prints what a model is. Needs no session.
   *
   * @throws RefusedException if the model is refused
   */
  void inspect(InspectJob job) throws RefusedException;

  /**
   * Prints rows of an output.
   *
   * @throws Exception if it is no output, or the job's condition cannot be used
   */
  void show(ShowJob job, Verbosity verbosity) throws Exception;

  /**
   * Draws, predicts and shows the example.
   *
   * @param folder where its files go
   * @throws Exception as {@link #predict} does
   */
  void example(Path folder, Verbosity verbosity) throws Exception;

  /**
   * Measures.
   *
   * @throws Exception as {@link #predict} does
   */
  void bench(BenchJob job, Verbosity verbosity) throws Exception;
}
