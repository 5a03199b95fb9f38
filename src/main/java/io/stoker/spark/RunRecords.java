package io.stoker.spark;

import io.stoker.pipeline.PipelineReport;
import io.stoker.pipeline.Verdict;
import io.stoker.plan.SplitPlan.Split;
import io.stoker.region.SlotSpec;
import io.stoker.runtime.ExecutorReport;
import io.stoker.runtime.Parity;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.Preparation;
import io.stoker.runtime.PreparedJob;
import io.stoker.spark.RunRecord.Counts;
import io.stoker.spark.RunRecord.ManifestPart;
import io.stoker.spark.RunRecord.Outcome;
import io.stoker.spark.RunRecord.PlanPart;
import io.stoker.spark.RunRecord.Timings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;

/** Makes the run record of what a run knows. */
record RunRecords(
    SparkSession spark,
    ManifestSource source,
    NumberedManifest manifest,
    Prediction prediction,
    OutputFolder folder,
    Stopwatch watch) {

  /** Starting, the first batches and the last ones take a second or two of any run. */
  private static final double JUDGED_SECONDS = 10;

  /** Labels of a file are not repeated: there may be thousands. */
  private static PredictSpec spec(PreparedJob job) {
    PredictSpec spec = job.spec();
    return spec.labelsLocation() == null ? spec : spec.withLabels(List.of());
  }

  /** The record. */
  RunRecord of(Outcome outcome, @Nullable String message, RunTotals.Sum totals, Counts counts) {
    PipelineReport pipeline =
        totals.executors().stream()
            .map(ExecutorReport::pipeline)
            .reduce(PipelineReport::plus)
            .orElse(null);
    var job = prediction.job();
    boolean elsewhere = outcome != Outcome.DONE && !folder.rows().equals(folder.target());
    return new RunRecord(
        outcome,
        message,
        folder.target(),
        elsewhere ? folder.rows() : null,
        spec(job),
        job.fingerprint(),
        job.modelSha256(),
        job.modelOptimization(),
        versions(),
        manifestPart(),
        planPart(),
        counts,
        pipeline,
        pipeline == null ? 0 : pipeline.starvedShare(),
        deviceShare(totals.executors()),
        verdict(pipeline, totals.executors()),
        totals.executors().stream().map(ExecutorReport::device).distinct().sorted().toList(),
        totals.executors(),
        prediction.memory(),
        totals.executors().stream()
            .map(ExecutorReport::parity)
            .filter(Objects::nonNull)
            .reduce(Parity::plus)
            .orElse(null),
        environment(),
        timings(counts),
        OutputSchema.added(job.columns()));
  }

  private @Nullable Verdict verdict(
      @Nullable PipelineReport pipeline, List<ExecutorReport> executors) {
    if (pipeline == null || watch.seconds("predicting") < JUDGED_SECONDS) {
      return null;
    }
    double rate = executors.stream().mapToDouble(ExecutorReport::deviceImagesPerSecond).sum();
    return Verdict.of(pipeline, new Verdict.Capacity(executors.size(), rate));
  }

  static @Nullable Double deviceShare(List<ExecutorReport> executors) {
    double possible =
        executors.stream()
            .mapToDouble(one -> one.deviceImagesPerSecond() * one.pipeline().openNanos() / 1e9)
            .sum();
    long ok = executors.stream().mapToLong(one -> one.pipeline().ok()).sum();
    return possible <= 0 ? null : ok / possible;
  }

  /** What the committed rows say. */
  Counts counts(Proof proof) {
    return new Counts(manifest.regions(), proof.ok(), proof.failed(), proof.reasons(), true);
  }

  /** What finished tasks have reported of a run that was ended early. */
  Counts counts(RunTotals.Sum totals) {
    var reasons = new TreeMap<String, Long>();
    totals
        .failed()
        .forEach(
            (reason, count) -> reasons.put(reason.stage().label() + "/" + reason.label(), count));
    return new Counts(manifest.regions(), totals.ok(), totals.failures(), reasons, false);
  }

  private ManifestPart manifestPart() {
    var columns = new LinkedHashMap<String, String>();
    for (StructField field : manifest.schema().fields()) {
      columns.put(field.name(), field.dataType().catalogString());
    }
    return new ManifestPart(source.describe(), manifest.base(), columns);
  }

  private PlanPart planPart() {
    LongSummaryStatistics sizes =
        prediction.splits().stream().mapToLong(RunRecords::regions).summaryStatistics();
    SlotSpec slot = prediction.job().slot();
    return new PlanPart(
        manifest.regions(),
        prediction.splits().size(),
        sizes.getMin(),
        sizes.getMax(),
        prediction.cluster().slots(),
        prediction.cluster().cores(),
        prediction.job().batch(prediction.cluster().gpus() > 0),
        slot.height() + "x" + slot.width() + "x" + slot.channels() + " " + slot.type(),
        prediction.job().filling().name());
  }

  private static long regions(Split split) {
    return split.end() - split.begin();
  }

  private Timings timings(Counts counts) {
    double predicting = watch.seconds("predicting");
    return new Timings(
        watch.started().toString(),
        watch.seconds("manifest"),
        watch.seconds("model"),
        predicting,
        watch.seconds("proving"),
        watch.total(),
        predicting == 0 ? 0 : (counts.ok() + counts.failed()) / predicting);
  }

  private Map<String, String> versions() {
    String own = RunRecords.class.getPackage().getImplementationVersion();
    return Map.of(
        "stoker", own == null ? "unknown (not from a jar)" : own,
        "spark", spark.version(),
        "hadoop", VersionInfo.getVersion(),
        "tensorflow", Preparation.tensorFlowVersion(),
        "java", System.getProperty("java.version", "unknown"));
  }

  private Map<String, String> environment() {
    return Map.of(
        "os",
            System.getProperty("os.name", "?")
                + " "
                + System.getProperty("os.version", "?")
                + " "
                + System.getProperty("os.arch", "?"),
        "jvm", System.getProperty("java.vm.name", "?"),
        "cores", Integer.toString(Runtime.getRuntime().availableProcessors()),
        "master", spark.sparkContext().master(),
        "application", spark.sparkContext().applicationId());
  }
}
