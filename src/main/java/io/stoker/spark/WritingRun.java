package io.stoker.spark;

import io.stoker.runtime.CheckedJob;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.PreparedJob;
import io.stoker.spark.Progress.Phase;
import io.stoker.spark.RunRecord.Counts;
import io.stoker.spark.RunRecord.Outcome;
import io.stoker.spark.StokerException.Exit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * A run from the manifest to the proven output. Used once, by one thread.
 *
 * <p>What is refused leaves nothing behind, nor does what is interrupted or breaks. What was
 * predicted but failed too often, or does not add up, is kept for inspection, without a {@code
 * _SUCCESS}.
 */
final class WritingRun {
  private final SparkSession spark;
  private final Engine engine;
  private final ManifestSource source;
  private final PredictSpec spec;
  private final OutputOptions output;
  private final Progress progress;
  private final String run = UUID.randomUUID().toString().substring(0, 8);
  private final Stopwatch watch = new Stopwatch();

  WritingRun(
      SparkSession spark,
      Engine engine,
      ManifestSource source,
      PredictSpec spec,
      OutputOptions output,
      Progress progress) {
    this.spark = spark;
    this.engine = engine;
    this.source = source;
    this.spec = spec;
    this.output = output;
    this.progress = progress;
  }

  /**
   * Runs.
   *
   * @throws StokerException if it ends in one of the ways that have an exit code
   */
  RunRecord run() {
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    try (var scope = new JobScope(context, run, "Stoker: " + source.describe());
        var tracker = new RunTracker(run, spec.failures(), progress, scope::cancel)) {
      context.sc().register(tracker.totals(), "regions");
      return run(scope, tracker);
    } catch (RuntimeException e) {
      // What an interrupted thread cannot read looks broken, and would be refused as such.
      throw e instanceof StokerException known && known.runRecord() != null
          ? known
          : Failures.asUnchecked(e);
    } finally {
      progress.enter(Phase.ENDED);
    }
  }

  private RunRecord run(JobScope scope, RunTracker tracker) {
    var problems = new ArrayList<String>();
    OutputFolder folder =
        OutputFolder.look(output, run, spark.sparkContext().hadoopConfiguration(), problems);
    CheckedJob job =
        watch
            .time(
                "model", () -> Optional.ofNullable(Prediction.check(spark, engine, spec, problems)))
            .orElse(null);
    progress.enter(Phase.MANIFEST);
    Manifest manifest =
        watch
            .time(
                "manifest", () -> Optional.ofNullable(ManifestReader.read(spark, source, problems)))
            .orElse(null);
    if (folder == null || job == null || manifest == null) {
      throw StokerException.refused(problems);
    }
    boolean keep = false;
    try {
      folder.begin();
      RunRecord record = predict(manifest, job, folder, tracker);
      keep = true;
      return record;
    } catch (StokerException e) {
      keep = e.runRecord() != null;
      throw e;
    } catch (Exception e) {
      throw Failures.asUnchecked(e);
    } finally {
      if (!keep) {
        Failures.uninterrupted(
            () -> {
              // Of an interrupted run the jobs go on unless they are told.
              scope.cancelAndWait();
              folder.abandon();
            });
      }
    }
  }

  private RunRecord predict(
      Manifest manifest, CheckedJob checked, OutputFolder folder, RunTracker tracker)
      throws IOException {
    NumberedManifest numbered = watch.time("manifest", () -> number(manifest, folder));
    tracker.regions(numbered.regions());

    PreparedJob job = watch.time("model", () -> Prediction.prepare(checked, numbered));
    Prediction prediction =
        watch.time(
            "manifest", () -> Prediction.of(spark, engine, numbered, job, run, tracker.totals()));
    var records = new RunRecords(spark, source, numbered, prediction, folder, watch);
    progress.splits(prediction.splits().size());
    progress.enter(Phase.PREDICTING);
    boolean committed = watch.time("predicting", () -> write(prediction, folder, tracker));
    RunTotals.Sum totals = tracker.totals().value();
    prediction.shipped().bytes().destroy();
    if (!committed) {
      Counts counts = records.counts(totals);
      throw ended(records, folder, totals, counts, Exit.TOO_MANY_FAILURES, tooMany(counts, true));
    }

    progress.enter(Phase.PROVING);
    Proof proof = watch.time("proving", () -> Proof.of(spark, folder.rows()));
    Counts counts = records.counts(proof);
    String mismatch = proof.mismatch(numbered.mix(), folder.rows());
    if (mismatch != null) {
      throw ended(records, folder, totals, counts, Exit.ACCOUNTING, mismatch);
    }
    if (counts.ok() == 0 || spec.failures().exceeded(counts.failed(), counts.regions())) {
      throw ended(records, folder, totals, counts, Exit.TOO_MANY_FAILURES, tooMany(counts, false));
    }
    RunRecord record = records.of(Outcome.DONE, null, totals, counts);
    folder.record(record);
    folder.publish();
    return record;
  }

  private NumberedManifest number(Manifest manifest, OutputFolder folder) {
    var problems = new ArrayList<String>();
    OutputSchema.of(manifest.schema(), List.of(), manifest.base(), problems);
    if (!problems.isEmpty()) {
      throw StokerException.refused(problems);
    }
    NumberedManifest numbered = Numbering.write(spark, manifest, folder.plan());
    if (numbered.regions() == 0) {
      throw StokerException.refused(
          List.of(
              "the manifest, "
                  + source.describe()
                  + ", has no rows"
                  + (source.where() == null
                      ? "; expected at least one region"
                      : " for which --where \"" + source.where() + "\" is true")));
    }
    return numbered;
  }

  /** Predicts and writes; false if it was ended early, since too many regions had failed. */
  private static boolean write(Prediction prediction, OutputFolder folder, RunTracker tracker) {
    try {
      prediction
          .rows()
          .write()
          .mode(SaveMode.Append) // the folder is there, with our own files
          .options(ParquetOptions.of(prediction.job()))
          .parquet(folder.rows());
      return true;
    } catch (Exception e) {
      // Cancelled by the tracker, the job ends with an exception of Spark's.
      if (tracker.tooManyFailures() && !Failures.isInterrupt(e)) {
        return false;
      }
      throw e;
    }
  }

  private StokerException ended(
      RunRecords records,
      OutputFolder folder,
      RunTotals.Sum totals,
      Counts counts,
      Exit exit,
      String message)
      throws IOException {
    Outcome outcome = exit == Exit.ACCOUNTING ? Outcome.UNPROVEN : Outcome.TOO_MANY_FAILURES;
    RunRecord record = records.of(outcome, message, totals, counts);
    folder.record(record);
    return new StokerException(exit, List.of(message), record, null);
  }

  private String tooMany(Counts counts, boolean early) {
    String reasons =
        counts.reasons().entrySet().stream()
            .map(entry -> entry.getValue() + " " + entry.getKey())
            .reduce((left, right) -> left + ", " + right)
            .orElse("none");
    String what =
        counts.ok() == 0 && !early
            ? "no region was predicted: all " + counts.regions() + " failed"
            : counts.failed()
                + " of "
                + counts.regions()
                + (counts.regions() == 1 ? " region" : " regions")
                + " failed, more than --max-failures "
                + spec.failures()
                + (spec.failures().equals(PredictSpec.Failures.DEFAULT) ? ", the default," : "")
                + " allows";
    return what
        + " ("
        + reasons
        + ")"
        + (early
            ? "; the run was ended early and no rows were written: to get them all, allow more"
            : "; the rows, with each failure's detail, are kept for inspection, without _SUCCESS"
                + (counts.ok() == 0 ? "" : "; --max-failures, such as 100%, allows more"));
  }
}
