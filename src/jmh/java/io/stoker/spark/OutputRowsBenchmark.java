package io.stoker.spark;

import io.stoker.model.DataType;
import io.stoker.region.RegionOutput;
import io.stoker.runtime.OutputColumn;
import io.stoker.runtime.OutputColumn.Kind;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A region's answer made a row, for Spark to write. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OutputRowsBenchmark {
  private static final long SEED = 9;

  /** Scores a region. */
  @Param({"1000", "2048"})
  public int scores;

  /** Arrays of floats, or their bytes. */
  @Param({"VECTOR", "VECTOR_BYTES"})
  public Kind kind = Kind.VECTOR;

  private OutputRows rows;
  private Row manifest;
  private List<RegionOutput> outputs;
  private final byte[] key = new byte[16];

  /** Draws scores. */
  @Setup
  public void draw() {
    rows =
        new OutputRows(1, List.of(new OutputColumn("score", kind, DataType.FLOAT32, 0)), List.of());
    manifest = RowFactory.create("file:/photos/image-1.jpg");
    var random = new Random(SEED);
    var values = new float[scores];
    for (int i = 0; i < scores; i++) {
      values[i] = random.nextFloat();
    }
    outputs = List.of(new RegionOutput(new int[] {scores}, values));
  }

  /** A row of a region that was predicted. */
  @Benchmark
  public Row ok() {
    return rows.ok(manifest, 1, key, outputs);
  }
}
