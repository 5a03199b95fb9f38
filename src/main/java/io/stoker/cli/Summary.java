package io.stoker.cli;

import io.stoker.pipeline.BackOff;
import io.stoker.pipeline.PipelineReport;
import io.stoker.pipeline.Verdict;
import io.stoker.runtime.ExecutorReport;
import io.stoker.runtime.Parity;
import io.stoker.spark.MemoryNeed;
import io.stoker.spark.RunRecord;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.TreeMap;

/** What the terminal says at the end of a run: the run record in a few lines of ASCII. */
final class Summary {
  private Summary() {}

  static String of(RunRecord run) {
    var lines = new StringJoiner("\n", "", "\n");
    lines.add(regions(run));
    new TreeMap<>(run.counts().reasons())
        .forEach((reason, count) -> lines.add(format("  %,10d  %s", count, reason)));
    lines.add(row("rate", rate(run)));
    lines.add(row("time", time(run.timings())));
    lines.add(row("device", device(run)));
    MemoryNeed memory = run.memory();
    if (memory != null) {
      lines.add(
          row(
              "memory",
              format(
                  "batches and images %,d MiB, TensorFlow %,d MiB an executor: %s",
                  memory.jobBytes() >> 20, memory.nativeBytes() >> 20, memory.setting())));
    }
    Parity parity = run.parity();
    if (parity == null && run.spec().resources().verifyParity() > 0 && run.pipeline() != null) {
      lines.add(row("parity", "no region could be compared; the executors' logs say why"));
    } else if (parity != null) {
      lines.add(
          row(
              "parity",
              format(
                  "%,d regions also in float32 on the CPU: largest difference %.2g, argmax agrees"
                      + " for %.1f %%",
                  parity.regions(), parity.largestDifference(), 100 * parity.argmaxAgreement())));
    }
    Verdict verdict = run.verdict();
    if (verdict != null) {
      String bound = verdict.bound().name().toLowerCase(Locale.ROOT);
      lines.add(row("verdict", bound + " bound; " + verdict.advice()));
    } else if (run.pipeline() != null) {
      lines.add(row("verdict", "none: too short to judge"));
    }
    String written = run.written();
    lines.add(row("output", Printable.paths(written == null ? run.output() : written)));
    return lines.toString();
  }

  private static String regions(RunRecord run) {
    RunRecord.Counts counts = run.counts();
    long missing = counts.regions() - counts.ok() - counts.failed();
    return format(
            "%,d %s: %,d ok, %,d failed",
            counts.regions(),
            counts.regions() == 1 ? "region" : "regions",
            counts.ok(),
            counts.failed())
        + (missing == 0 ? "" : format(", %,d not reached", missing));
  }

  private static String rate(RunRecord run) {
    RunRecord.Timings timings = run.timings();
    String regions = ProgressText.rate(timings.regionsPerSecond()) + " regions/s";
    PipelineReport pipeline = run.pipeline();
    return pipeline == null || timings.predicting() <= 0
        ? regions
        : regions + format("; files opened %,d times", pipeline.opens());
  }

  private static String time(RunRecord.Timings timings) {
    double named = timings.manifest() + timings.model() + timings.predicting() + timings.proving();
    return format(
        "%.1f s (manifest %.1f, model %.1f, predicting %.1f, proving %.1f, other %.1f)",
        timings.total(),
        timings.manifest(),
        timings.model(),
        timings.predicting(),
        timings.proving(),
        Math.max(0, timings.total() - named));
  }

  private static String device(RunRecord run) {
    return run.devices().isEmpty()
        ? "none was needed"
        : String.join(", ", run.devices())
            + format(", starved %.0f %% of the time", 100 * run.starvedShare())
            + headroom(run)
            + backOff(run);
  }

  private static String backOff(RunRecord run) {
    List<BackOff> all =
        run.executors().stream().map(ExecutorReport::backOff).filter(Objects::nonNull).toList();
    return all.isEmpty()
        ? ""
        : format(
            "; it had too little memory, so batches are of %d, %d in flight (see --batch,"
                + " --in-flight)",
            all.stream().mapToInt(BackOff::batch).min().orElseThrow(),
            all.stream().mapToInt(BackOff::inFlight).min().orElseThrow());
  }

  private static String headroom(RunRecord run) {
    Double share = run.deviceShare();
    return share == null
        ? ""
        : format("; %.0f %% of what this model does there from memory", 100 * share);
  }

  private static String row(String name, String value) {
    return format("%-8s %s", name, value);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
