package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.model.DataType;
import io.stoker.runtime.OutputColumn;
import io.stoker.runtime.OutputColumn.Kind;
import io.stoker.runtime.PredictSpec;
import io.stoker.spark.FakeEngine.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
@ExtendWith(SparkSessions.class)
final class PredictionTest {
  private static final PredictSpec SPEC = PredictSpec.model("model.pb").build();

  private final SparkSession spark;
  private final Path folder;

  PredictionTest(SparkSession spark, @TempDir Path folder) {
    this.spark = spark;
    this.folder = folder;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneSplitIsOneTaskWhetherExecutionIsAdaptiveOrNot(boolean adaptive) throws IOException {
    String before = spark.conf().get("spark.sql.adaptive.enabled");
    spark.conf().set("spark.sql.adaptive.enabled", adaptive);
    try {
      Path out = folder.resolve("out");
      RunRecord record =
          new WritingRun(
                  spark,
                  new FakeEngine(),
                  ManifestSource.files(Rows.boxes(folder.resolve("m.csv"), 1_000).toString()),
                  SPEC,
                  new OutputOptions(out.toString(), OutputOptions.Mode.ERROR),
                  new Progress())
              .run();

      assertThat(record.plan().splits()).isEqualTo(12);
      Dataset<Row> files =
          spark
              .read()
              .parquet(out.toString())
              .groupBy(functions.input_file_name())
              .agg(functions.min("region_id"), functions.max("region_id"), functions.count("uri"));
      List<Row> ranges = files.collectAsList();
      assertThat(ranges).hasSize(12);
      assertThat(ranges)
          .allMatch(range -> range.getLong(2) - range.getLong(1) + 1 == range.getLong(3));
    } finally {
      spark.conf().set("spark.sql.adaptive.enabled", before);
    }
  }

  @Test
  void aDatasetIsPredictedEachTimeItIsAskedForAndNotBefore() throws IOException {
    FakeEngine.OPENED.set(0);
    Dataset<Row> rows = lazy(new FakeEngine(), Rows.boxes(folder.resolve("m.csv"), 40));
    assertThat(FakeEngine.OPENED).hasValue(0);

    assertThat(rows.where("status = 'ok'").collectAsList()).hasSize(40);
    int once = FakeEngine.OPENED.get();
    assertThat(rows.where("status = 'ok'").collectAsList()).hasSize(40);

    assertThat(once).isPositive();
    assertThat(FakeEngine.OPENED).hasValue(2 * once);
    assertThat(FakeEngine.OPEN).hasValue(0);
  }

  @Test
  void aDatasetThatIsNotReadToItsEndClosesItsTasks() throws IOException {
    Dataset<Row> rows = lazy(new FakeEngine(), Rows.boxes(folder.resolve("m.csv"), 400));

    assertThat(rows.limit(3).collectAsList()).hasSize(3);

    assertThat(FakeEngine.OPEN).hasValue(0);
  }

  @Test
  void aTaskOfManySplitsLeavesEachBeforeItEntersTheNext() throws IOException {
    FakeEngine.OPENED.set(0);
    FakeEngine.MOST_OPEN.set(0);
    Dataset<Row> rows = lazy(new FakeEngine(), Rows.boxes(folder.resolve("m.csv"), 1_000));

    assertThat(rows.coalesce(1).collectAsList()).hasSize(1_000);

    assertThat(FakeEngine.OPENED.get()).isGreaterThan(2);
    assertThat(FakeEngine.MOST_OPEN).hasValue(1);
  }

  @Test
  void aRefusedDatasetLeavesNoScratch() throws IOException {
    Path manifest = Rows.boxes(folder.resolve("m.csv"), 4);
    Path scratch = Path.of(spark.conf().get("spark.stoker.scratch"));
    long before = Files.exists(scratch) ? Files.list(scratch).count() : 0;

    assertThatThrownBy(() -> lazy(FakeEngine.with(Fault.REFUSED), manifest))
        .isInstanceOf(StokerException.class);

    assertThat(Files.list(scratch).count()).isEqualTo(before);
  }

  @Test
  void tasksAreToldWhatTheExecutorHas() throws IOException {
    FakeEngine.RESOURCES.clear();
    lazy(new FakeEngine(), Rows.boxes(folder.resolve("m.csv"), 4)).collectAsList();

    assertThat(FakeEngine.RESOURCES)
        .isNotEmpty()
        .allSatisfy(
            resources -> {
              assertThat(resources.cores()).isEqualTo(2);
              assertThat(resources.tasks()).isEqualTo(2);
              assertThat(resources.memoryBytes()).isEqualTo(Runtime.getRuntime().maxMemory() / 2);
              assertThat(resources.gpuAddresses()).isEmpty();
            });
  }

  @Test
  void aSplitOfBadRowsAloneNeedsNoRuntime() throws IOException {
    FakeEngine.OPENED.set(0);
    Path manifest = Rows.write(folder.resolve("m.csv"), "uri,page", ",1", "a,-1", "b,x");

    List<Row> rows = lazy(new FakeEngine(), manifest).collectAsList();

    assertThat(rows).hasSize(3).allMatch(row -> row.getAs("status").equals("failed"));
    assertThat(FakeEngine.OPENED).hasValue(0);
  }

  @Test
  void wideUnsignedOutputsAreRefused() throws IOException {
    var column = new OutputColumn("n", Kind.VECTOR, DataType.UINT64, 0);
    Path manifest = Rows.boxes(folder.resolve("m.csv"), 4);

    assertThatThrownBy(() -> lazy(new FakeEngine(4, List.of(column), Fault.NONE), manifest))
        .isInstanceOf(StokerException.class)
        .hasMessageContaining("uint64");
  }

  private Dataset<Row> lazy(FakeEngine engine, Path manifest) {
    return new LazyRun(spark, engine, ManifestSource.files(manifest.toString()), SPEC).rows();
  }
}
