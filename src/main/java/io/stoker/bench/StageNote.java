package io.stoker.bench;

import io.stoker.iterator.StageTimes;
import io.stoker.pipeline.PipelineReport;
import java.util.Locale;

/** How the stages of a pipeline spent a pass, in a line of a log. */
final class StageNote {
  private StageNote() {}

  static String of(PipelineReport done) {
    return String.format(
        Locale.ROOT,
        "starved %.1f %%; decoding %s; runs %s",
        100 * done.starvedShare(),
        shares(done.decode().plus(done.preprocess())),
        shares(done.predict()));
  }

  private static String shares(StageTimes times) {
    double whole = Math.max(1, times.totalNanos()) / 100.0;
    return String.format(
        Locale.ROOT,
        "%.1f %% busy, %.1f %% waiting for input, %.1f %% for output",
        times.busyNanos() / whole,
        times.inputNanos() / whole,
        times.outputNanos() / whole);
  }
}
