package io.stoker.spark;

import io.stoker.model.DataType;
import io.stoker.model.TensorSpec;
import io.stoker.runtime.OutputColumn;
import io.stoker.runtime.OutputColumn.Kind;
import io.stoker.runtime.PreparedJob;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How Parquet is told to write rows that may be large. */
final class ParquetOptions {
  /** Rows are large where Parquet, checking every 100 rows, would hold more than this. */
  private static final long UNCHECKED_BYTES = 32L << 20;

  private static final int USUAL_ROWS = 100;

  /** What a row is taken to have where the model does not say: nothing is lost but a check. */
  private static final long UNKNOWN_BYTES = 8L << 20;

  private ParquetOptions() {}

  /** Options for the rows of a job. */
  static Map<String, String> of(PreparedJob job) {
    var options = new TreeMap<String, String>();
    options.put(OutputFolder.NO_MARKER, "false");
    job.columns().forEach(column -> noDictionary(column, options));
    long rows = UNCHECKED_BYTES / Math.max(1, rowBytes(job.model().outputs()));
    if (rows < USUAL_ROWS) {
      String check = Long.toString(Math.max(1, rows));
      options.put("parquet.block.size.row.check.min", check);
      options.put("parquet.page.size.row.check.min", check);
    }
    return options;
  }

  /**
   * Scores hardly repeat: a dictionary of them is built only to be given up. Without one vectors
   * are written 9 to 26 % faster (VectorWriteBenchmark). Parquet cannot be told so of a column
   * whose name has a dot.
   */
  private static void noDictionary(OutputColumn column, Map<String, String> options) {
    String path =
        switch (column.kind()) {
          case VECTOR -> column.name() + ".list.element";
          case TENSOR -> column.name() + ".values.list.element";
          case VECTOR_BYTES -> column.name();
          case TENSOR_BYTES -> column.name() + ".values";
          case SCALAR, TOP_K, CLASS, CLASS_LABEL, CLASS_MAP -> null;
        };
    boolean bytes = column.kind() == Kind.VECTOR_BYTES || column.kind() == Kind.TENSOR_BYTES;
    boolean scores = column.type() == DataType.FLOAT32 || column.type() == DataType.FLOAT64;
    if (path != null && (bytes || scores)) {
      options.put("parquet.enable.dictionary#" + path, "false");
    }
  }

  private static long rowBytes(List<TensorSpec> outputs) {
    return outputs.stream().mapToLong(ParquetOptions::bytes).sum();
  }

  private static long bytes(TensorSpec output) {
    List<Long> shape = output.shape();
    if (shape == null || shape.stream().skip(1).anyMatch(size -> size < 0)) {
      return UNKNOWN_BYTES;
    }
    return shape.stream().skip(1).reduce((long) output.type().bytes(), (a, b) -> a * b);
  }
}
