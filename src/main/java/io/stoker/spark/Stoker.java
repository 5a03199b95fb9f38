package io.stoker.spark;

import io.stoker.runtime.PredictSpec;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Predicts the regions of a manifest, on a session that is the caller's and stays so: it is never
 * stopped, and nothing ends the process.
 *
 * <p>The manifest needs a column {@code uri} (or {@code path}, {@code image}); {@code x}, {@code
 * y}, {@code width}, {@code height} together, or none of them for whole images; {@code page},
 * {@code image_width}, {@code image_height} and {@code image_bytes} may be there. All other columns
 * pass through. The output has the manifest's columns, then {@code region_id}, {@code region_key},
 * {@code status} ({@code ok} or {@code failed}), {@code failure} and one column or more for each of
 * the model's outputs. Every row of the manifest has exactly one in the output.
 *
 * <p>Thread-safe: runs may go on side by side in one session.
 */
public final class Stoker {
  private Stoker() {}

  /**
   * The output as a {@code Dataset}.
   *
   * <p>The manifest is read and written down now, to a scratch folder; regions are predicted when
   * rows are asked for, and <em>each time</em> they are: write or cache the result if it is needed
   * twice. Failures are rows; the failure limit and the proof are for {@link #write} alone.
   *
   * <p>The scratch folder is made in {@code spark.stoker.scratch} if the session has that setting,
   * else in its checkpoint folder, else in the user's home on the default file system, and is
   * deleted when the process ends. Driver and executors must both see it.
   *
   * @throws StokerException if the job is refused
   */
  public static Dataset<Row> predict(SparkSession spark, Dataset<Row> manifest, PredictSpec spec) {
    return predict(spark, ManifestSource.rows(manifest), spec);
  }

  /** As {@link #predict(SparkSession, Dataset, PredictSpec)}, from wherever the manifest is. */
  public static Dataset<Row> predict(
      SparkSession spark, ManifestSource manifest, PredictSpec spec) {
    return new LazyRun(spark, Engine.REAL, manifest, spec).rows();
  }

  /**
   * Writes the output as Parquet, proves that it has every region once, and records the run in
   * {@code _stoker/run.json}. Returns when {@code _SUCCESS} is there.
   *
   * <p>If the calling thread is interrupted, the run is cancelled and what it wrote removed.
   *
   * @throws StokerException if the job is refused, too many regions fail, the proof fails, or the
   *     thread is interrupted
   */
  public static RunRecord write(
      SparkSession spark, ManifestSource manifest, PredictSpec spec, OutputOptions output) {
    return write(spark, manifest, spec, output, new Progress());
  }

  /** As {@link #write(SparkSession, ManifestSource, PredictSpec, OutputOptions)}, to be watched. */
  public static RunRecord write(
      SparkSession spark,
      ManifestSource manifest,
      PredictSpec spec,
      OutputOptions output,
      Progress progress) {
    return new WritingRun(spark, Engine.REAL, manifest, spec, output, progress).run();
  }

  /** As {@link #write(SparkSession, ManifestSource, PredictSpec, OutputOptions)}, of rows. */
  public static RunRecord write(
      SparkSession spark, Dataset<Row> manifest, PredictSpec spec, OutputOptions output) {
    return write(spark, ManifestSource.rows(manifest), spec, output);
  }

  /**
   * Whether a folder was written by us, but its run did not end well: too many regions failed, or
   * the proof did. Of a run that is going on this is true as well.
   *
   * @throws IOException if the file system cannot tell
   */
  public static boolean isUnproven(SparkSession spark, String folder) throws IOException {
    return OutputFolder.isUnproven(spark.sparkContext().hadoopConfiguration(), folder);
  }
}
