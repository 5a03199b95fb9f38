package io.stoker.cli;

import io.stoker.inspection.Machine;
import io.stoker.inspection.ModelReport;
import io.stoker.model.ModelFacts;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.Preparation;
import io.stoker.runtime.RefusedException;
import io.stoker.spark.ConfReview;
import io.stoker.spark.ManifestSource;
import io.stoker.spark.OutputOptions;
import io.stoker.spark.Progress;
import io.stoker.spark.RunRecord;
import io.stoker.spark.Stoker;
import io.stoker.spark.StokerException;
import io.stoker.spark.StokerException.Exit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * The commands on a Spark session. Used by one thread, which is interrupted if the process is ended
 * meanwhile; closed once the command has said its last word.
 */
final class SparkBackend implements Backend, AutoCloseable {
  private final PrintWriter out;
  private final PrintWriter err;
  private @Nullable Interruption interruption;

  /** Written by the command's thread, read by the hook. */
  private volatile @Nullable Session ours;

  SparkBackend(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public void predict(PredictJob job, Verbosity verbosity) throws Exception {
    try (Session session = open(verbosity)) {
      predict(session.spark(), job.manifest(), job.spec(), job.output());
    }
  }

  @Override
  public void doctor(@Nullable Path conf) throws RefusedException {
    var lines = new ArrayList<List<String>>();
    Machine.facts().forEach((name, fact) -> lines.add(List.of(name, fact)));
    out.print(TextTable.of(List.of("this machine", ""), lines));
    if (conf != null) {
      ConfReview review = ConfReview.of(settings(conf));
      out.println();
      out.println("  " + conf);
      review.facts().forEach(fact -> out.println("  " + fact));
      if (!review.problems().isEmpty()) {
        out.flush(); // before what is said of them on stderr
        throw new RefusedException(review.problems());
      }
      out.println("  nothing in it contradicts");
    }
    out.flush();
  }

  @Override
  public void inspect(InspectJob job) throws RefusedException {
    ModelFacts facts = Preparation.inspect(job.spec(), Map.of());
    out.print(job.json() ? ModelReport.json(facts) : ModelReport.text(facts));
    out.flush();
  }

  private static Map<String, String> settings(Path conf) throws RefusedException {
    var properties = new Properties();
    try (var in = Files.newBufferedReader(conf)) {
      properties.load(in); // as Spark does
    } catch (IOException | IllegalArgumentException e) {
      throw new RefusedException(
          List.of(
              "--conf "
                  + conf
                  + (Files.exists(conf)
                      ? " cannot be read: " + e
                      : " does not exist; check the path")));
    }
    var settings = new TreeMap<String, String>();
    for (String name : properties.stringPropertyNames()) {
      settings.put(name, properties.getProperty(name).strip());
    }
    if (settings.keySet().stream().noneMatch(name -> name.startsWith("spark."))) {
      throw new RefusedException(
          List.of(
              "--conf "
                  + conf
                  + " has no setting of Spark's, expected lines such as spark.executor.cores 4, as"
                  + " in the files of conf/"));
    }
    return settings;
  }

  @Override
  public void show(ShowJob job, Verbosity verbosity) throws Exception {
    try (Session session = open(verbosity)) {
      new ShownRows(session.spark(), out, err).print(job);
    }
  }

  @Override
  public void example(Path folder, Verbosity verbosity) throws Exception {
    ExampleFiles files = ExampleFiles.make(folder, err);
    try (Session session = open(verbosity)) {
      predict(session.spark(), files.source(), files.spec(), files.output());
      new ExampleReport(session.spark(), files, out).print();
    }
  }

  @Override
  public void bench(BenchJob job, Verbosity verbosity) throws Exception {
    BenchJob.Given given = job.given();
    if (given == null) {
      given = ExampleFiles.make(Path.of(ExampleCommand.FOLDER), err).measured(job.resources());
    }
    try (Session session = open(verbosity)) {
      new BenchRun(session.spark(), out, err).run(job, job.spec(given));
    }
  }

  private Session open(Verbosity verbosity) throws UsageException, InterruptedException {
    if (Session.isGiven()) {
      return Session.open(verbosity);
    }
    var watch = Interruption.watch(() -> hush(verbosity));
    interruption = watch;
    try {
      Session session = Session.open(verbosity);
      ours = session;
      if (watch.hasBegun()) {
        session.close();
        throw new InterruptedException();
      }
      return session;
    } catch (Throwable e) {
      // Interrupted while it starts, Spark breaks in many ways, errors of class loading among them.
      if (watch.hasBegun() && !(e instanceof InterruptedException)) {
        var interrupted = new InterruptedException();
        interrupted.initCause(e);
        throw interrupted;
      }
      throw e;
    }
  }

  private void hush(Verbosity verbosity) {
    Session session = ours;
    if (session != null && verbosity == Verbosity.QUIET) {
      session.hush();
    }
  }

  private void predict(
      SparkSession spark, ManifestSource manifest, PredictSpec spec, OutputOptions output) {
    var progress = new Progress();
    ProgressView view = Terminal.isStderr() ? ProgressView.bar(err) : ProgressView.lines(err);
    RunRecord run;
    try (var watch = ProgressWatch.start(progress, view)) {
      run = Stoker.write(spark, manifest, spec, output, progress);
    } catch (StokerException e) {
      RunRecord record = e.runRecord();
      if (record != null) {
        print(record);
        printCommonFailure(spark, e.exit(), record);
      }
      throw e;
    }
    print(run);
  }

  private void printCommonFailure(SparkSession spark, Exit exit, RunRecord run) {
    String failure = exit == Exit.TOO_MANY_FAILURES ? CommonFailure.describe(spark, run) : null;
    if (failure != null) {
      err.println("stoker: " + Printable.paths(failure));
    }
  }

  private void print(RunRecord run) {
    out.print(Summary.of(run));
    out.flush();
  }

  @Override
  public void close() {
    if (interruption != null) {
      interruption.close();
    }
  }
}
