package io.stoker.bench;

import io.stoker.pipeline.Knobs;
import io.stoker.pipeline.PipelineReport;
import io.stoker.pipeline.Verdict;
import java.util.Locale;
import java.util.StringJoiner;

/** How the stages of a pipeline spent a pass, in a line of a log. */
final class StageNote {
  private StageNote() {}

  static String of(PipelineReport done) {
    var parts = new StringJoiner(", ", "starved by ", "");
    for (Verdict.Bound bound : Verdict.Bound.values()) {
      double percent = 100.0 * done.starvation().by(bound) / Math.max(1, done.openNanos());
      if (percent >= 0.1) {
        parts.add(
            String.format(
                Locale.ROOT, "%s %.1f %%", bound.name().toLowerCase(Locale.ROOT), percent));
      }
    }
    Knobs knobs = done.knobs();
    return (done.starvation().total() == 0 ? "never starved" : parts)
        + String.format(
            "; %d decode and %d fetch threads", knobs.decodeThreads(), knobs.fetchThreads());
  }
}
