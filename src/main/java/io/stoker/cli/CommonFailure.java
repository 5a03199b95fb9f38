package io.stoker.cli;

import io.stoker.spark.RunRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** The most common reason of a run's failures, with one of them and what may help. */
final class CommonFailure {
  /** What the contract's column of images may be called. */
  private static final List<String> URIS = List.of("uri", "path", "image");

  private static final int LONGEST = 300;

  /** By stage and reason; troubleshooting says more. */
  private static final Map<String, String> ADVICE =
      Map.ofEntries(
          Map.entry(
              "manifest/bad_box", "boxes are whole numbers of pixels, width and height from 1"),
          Map.entry("read/not_found", "relative URIs are looked for beside the manifest"),
          Map.entry("read/denied", "the executors need the right to read them too"),
          Map.entry("read/not_allowed", "see --allow-uri"),
          Map.entry("read/too_large", "raise --memory"),
          Map.entry("decode/unknown_format", "is it an image? JPEG and PNG are read"),
          Map.entry("decode/unsupported", "JPEG and PNG are read; convert it"),
          Map.entry(
              "decode/box_outside_image",
              "boxes partly outside are taken with --box-outside clamp or pad"),
          Map.entry("preprocess/transform", "the class of --preprocess threw this"),
          Map.entry("predict/out_of_memory", "a smaller --batch or fewer --in-flight"));

  private CommonFailure() {}

  /** In a line, or null if nothing failed. */
  static @Nullable String describe(SparkSession spark, RunRecord run) {
    Map.Entry<String, Long> most =
        run.counts().reasons().entrySet().stream()
            .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry::getKey))
            .orElse(null);
    if (most == null) {
      return null;
    }
    String advice = ADVICE.get(most.getKey());
    return String.format(Locale.ROOT, "%,d of %,d failures: ", most.getValue(), failed(run))
        + most.getKey()
        + (run.counts().committed() ? example(spark, run, most.getKey()) : "")
        + (advice == null ? "" : "; " + advice);
  }

  /** Of an early end the reasons are those of finished tasks. */
  private static long failed(RunRecord run) {
    return run.counts().reasons().values().stream().mapToLong(Long::longValue).sum();
  }

  private static String example(SparkSession spark, RunRecord run, String reason) {
    String folder = run.written() == null ? run.output() : run.written();
    try {
      var rows = spark.read().parquet(folder);
      String uri =
          Arrays.stream(rows.columns())
              .filter(column -> URIS.stream().anyMatch(column::equalsIgnoreCase))
              .findFirst()
              .orElse("region_id");
      Row row =
          rows.where("concat(failure.stage, '/', failure.reason) = '" + reason + "'")
              .selectExpr("cast(`" + uri + "` as string)", "failure.detail")
              .first();
      return ", such as "
          + uri
          + " "
          + row.get(0)
          + ": "
          + Printable.line(String.valueOf(row.get(1)), LONGEST);
    } catch (Exception e) { // the rows cannot be read, which the run's own end does not depend on
      return "";
    }
  }
}
