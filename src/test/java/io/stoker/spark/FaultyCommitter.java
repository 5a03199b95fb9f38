package io.stoker.spark;

import java.io.IOException;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.parquet.hadoop.ParquetOutputCommitter;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/** Commits as Parquet's own does, then lets a test spoil what was committed. */
public final class FaultyCommitter extends ParquetOutputCommitter {
  private static final String SETTING = "spark.sql.parquet.output.committer.class";

  private static volatile @Nullable Consumer<java.nio.file.Path> fault;

  private final Path output;

  /** For Spark. */
  public FaultyCommitter(Path output, TaskAttemptContext context) throws IOException {
    super(output, context);
    this.output = output;
  }

  /** While it runs, the fault befalls the rows of every output, but not numbered manifests. */
  static <T extends @Nullable Object> T during(
      SparkSession spark,
      Consumer<java.nio.file.Path> fault,
      java.util.function.Supplier<T> action) {
    FaultyCommitter.fault = fault;
    spark.conf().set(SETTING, FaultyCommitter.class.getName());
    try {
      return action.get();
    } finally {
      spark.conf().unset(SETTING);
      FaultyCommitter.fault = null;
    }
  }

  @Override
  public void commitJob(JobContext context) throws IOException {
    super.commitJob(context);
    Consumer<java.nio.file.Path> now = fault;
    if (now != null && !output.getName().equals("plan")) {
      fault = null; // it may write Parquet itself
      now.accept(java.nio.file.Path.of(output.toUri().getPath()));
    }
  }
}
