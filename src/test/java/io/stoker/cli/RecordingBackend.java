package io.stoker.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what it was asked for, and fails if it is told to. */
final class RecordingBackend implements Backend {
  final List<PredictJob> jobs = new ArrayList<>();
  final List<Object> shown = new ArrayList<>();
  final List<Path> examples = new ArrayList<>();
  private @Nullable Exception failure;

  /** From now on, end so. */
  RecordingBackend failingWith(Exception how) {
    failure = how;
    return this;
  }

  /** The one job so far. */
  PredictJob job() {
    if (jobs.size() != 1) {
      throw new AssertionError(jobs.size() + " jobs, expected 1");
    }
    return jobs.get(0);
  }

  @Override
  public void predict(PredictJob job, Verbosity verbosity) throws Exception {
    jobs.add(job);
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void inspect(InspectJob job) {
    shown.add("inspect " + job.spec().modelLocation() + (job.json() ? " as JSON" : ""));
  }

  @Override
  public void doctor(@Nullable Path conf) {
    shown.add("doctor " + conf);
  }

  @Override
  public void show(ShowJob job, Verbosity verbosity) {
    shown.add(job);
  }

  @Override
  public void example(Path folder, Verbosity verbosity) throws Exception {
    examples.add(folder);
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void bench(BenchJob job, Verbosity verbosity) {
    shown.add(job);
  }
}
