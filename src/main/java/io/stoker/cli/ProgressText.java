package io.stoker.cli;

import io.stoker.spark.Progress;
import io.stoker.spark.Progress.Snapshot;
import java.util.Locale;

/** A moment of a run in words. In ASCII: a terminal's character set is not known. */
final class ProgressText {
  private static final int SECONDS = 60;

  private ProgressText() {}

  /** What a run does, as a headline. */
  static String phase(Progress.Phase phase) {
    return switch (phase) {
      case MANIFEST -> "reading the manifest";
      case MODEL -> "checking the model";
      case PREDICTING -> "predicting";
      case PROVING -> "proving the output";
      case ENDED -> "ended";
    };
  }

  /** How far the predicting is. */
  static String line(Snapshot now) {
    var line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "%,d of %,d regions (%d %%), %,d failed",
            now.done(),
            now.total(),
            now.total() == 0 ? 0 : 100 * now.done() / now.total(),
            now.failed()));
    if (now.regionsPerSecond() > 0) {
      line.append(
          String.format(
              Locale.ROOT,
              ", %s/s, %s left",
              rate(now.regionsPerSecond()),
              duration((now.total() - now.done()) / now.regionsPerSecond())));
    }
    if (!now.live()) {
      line.append(
          String.format(
              Locale.ROOT,
              "; %,d of %,d tasks, counted as they end",
              now.finishedSplits(),
              now.splits()));
    }
    return line.toString();
  }

  /** A rate with three digits that matter. */
  static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 10 ? "%.1f" : "%,.0f", perSecond);
  }

  /** Seconds as {@code 4:05} or {@code 1:04:05}. */
  static String duration(double seconds) {
    long whole = Math.max(0, Math.round(seconds));
    long minutes = whole / SECONDS;
    long hours = minutes / SECONDS;
    return hours == 0
        ? String.format(Locale.ROOT, "%d:%02d", minutes, whole % SECONDS)
        : String.format(Locale.ROOT, "%d:%02d:%02d", hours, minutes % SECONDS, whole % SECONDS);
  }
}
