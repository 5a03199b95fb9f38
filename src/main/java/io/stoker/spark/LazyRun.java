package io.stoker.spark;

import io.stoker.runtime.CheckedJob;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.PreparedJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A run whose rows are predicted when they are asked for.
 *
 * @param spark the caller's session
 * @param engine what predicts
 * @param source of the manifest
 * @param spec what to do
 */
record LazyRun(SparkSession spark, Engine engine, ManifestSource source, PredictSpec spec) {
  private static final String SCRATCH = "spark.stoker.scratch";

  /**
   * The rows.
   *
   * @throws StokerException if the job is refused
   */
  Dataset<Row> rows() {
    var problems = new ArrayList<String>();
    Manifest manifest = ManifestReader.read(spark, source, problems);
    CheckedJob job = Prediction.check(spark, engine, spec, problems);
    if (manifest == null || job == null) {
      throw StokerException.refused(problems);
    }
    String run = UUID.randomUUID().toString();
    try {
      return rows(manifest, job, run, scratch(run));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Dataset<Row> rows(Manifest manifest, CheckedJob checked, String run, Path scratch)
      throws IOException {
    FileSystem files = scratch.getFileSystem(spark.sparkContext().hadoopConfiguration());
    files.deleteOnExit(scratch);
    boolean ready = false;
    try {
      NumberedManifest numbered =
          Numbering.write(spark, manifest, new Path(scratch, "plan").toString());
      PreparedJob job = Prediction.prepare(checked, numbered);
      Dataset<Row> rows = Prediction.of(spark, engine, numbered, job, run, null).rows();
      ready = true;
      return rows;
    } finally {
      if (!ready) {
        files.delete(scratch, true);
      }
    }
  }

  private Path scratch(String run) throws IOException {
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Configuration hadoop = context.hadoopConfiguration();
    String parent = spark.conf().get(SCRATCH, context.getCheckpointDir().orElse(""));
    FileSystem files = FileSystem.get(hadoop);
    Path folder =
        parent.isEmpty() ? new Path(files.getHomeDirectory(), ".stoker") : new Path(parent);
    if (parent.isEmpty() && files.getScheme().equals("file") && !context.isLocal()) {
      throw StokerException.refused(
          List.of(
              "the executors cannot see this machine's files, so the numbered manifest needs another"
                  + " place: set "
                  + SCRATCH
                  + " to a folder that driver and executors share"));
    }
    return folder.getFileSystem(hadoop).makeQualified(new Path(folder, "scratch-" + run));
  }
}
