package io.stoker.cli;

import java.io.IOException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.parquet.hadoop.ParquetOutputCommitter;

/** Commits as Parquet's own does, then loses a file of the output. */
public final class LosingCommitter extends ParquetOutputCommitter {
  private final Path output;

  /** For Spark. */
  public LosingCommitter(Path output, TaskAttemptContext context) throws IOException {
    super(output, context);
    this.output = output;
  }

  @Override
  public void commitJob(JobContext context) throws IOException {
    super.commitJob(context);
    if (output.getName().equals("plan")) {
      return;
    }
    var files = output.getFileSystem(context.getConfiguration());
    for (FileStatus file : files.listStatus(output)) {
      if (file.getPath().getName().endsWith(".parquet")) {
        files.delete(file.getPath(), false);
        return;
      }
    }
    throw new IOException("nothing to lose in " + output);
  }
}
