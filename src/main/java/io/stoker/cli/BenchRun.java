package io.stoker.cli;

import io.stoker.bench.Bench;
import io.stoker.bench.BenchChart;
import io.stoker.bench.BenchReport;
import io.stoker.bench.BenchSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Measures, and says what came out. */
record BenchRun(SparkSession spark, PrintWriter out, PrintWriter err) {
  void run(BenchJob job, BenchSpec spec) throws Exception {
    Path scratch = Files.createTempDirectory("stoker-bench");
    BenchReport report;
    try {
      report = new Bench(spark, spec, scratch, this::say).run();
    } finally {
      delete(scratch);
    }
    if (job.svg() != null) {
      Files.writeString(job.svg(), BenchChart.svg(report));
    }
    if (job.json() != null && !job.json().equals("-")) {
      Files.writeString(Path.of(job.json()), report.json() + "\n");
    }
    out.print("-".equals(job.json()) ? report.json() + "\n" : table(report));
    out.flush();
  }

  private void say(String line) {
    err.println("stoker: " + Printable.paths(line));
    err.flush();
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(BenchRun::deleteOne);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteOne(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String table(BenchReport report) {
    var lines = new ArrayList<List<String>>();
    for (BenchReport.Row row : report.rows()) {
      lines.add(
          List.of(
              row.regions() == report.regions()
                  ? row.strategy()
                  : format("%s (%,d regions)", row.strategy(), row.regions()),
              format("%,.0f", row.imagesPerSecond()),
              percent(row.deviceBusyPercent()),
              percent(row.starvationPercent()),
              percent(row.cpuPercent()),
              row.peakMib() == 0 ? "" : format("%,d MiB", row.peakMib()),
              row.ofFeed() == null ? "" : format("%.2f x", row.ofFeed()),
              row.ofCeiling() == null ? "" : format("%.2f", row.ofCeiling())));
    }
    return TextTable.of(
            List.of(
                "strategy",
                "images/s",
                "device busy",
                "starved",
                "CPU",
                "peak memory",
                "of feed",
                "of ceiling"),
            lines)
        + format(
            "%s, %d cores (%d decode threads), %,d regions of %,d images as %s, batch %d, medians of"
                + " %d rounds%n",
            report.device(),
            report.cores(),
            report.decodeThreads(),
            report.regions(),
            report.images(),
            report.slot(),
            report.batch(),
            report.rounds());
  }

  private static String percent(@Nullable Double value) {
    return value == null ? "" : format("%.0f %%", value);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
