package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.runtime.PredictSpec;
import io.stoker.spark.OutputOptions.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@ExtendWith(SparkSessions.class)
final class WritingRunTest {
  private static final PredictSpec SPEC = PredictSpec.model("model.pb").build();

  private final SparkSession spark;
  private final Path folder;
  private final Path out;

  WritingRunTest(SparkSession spark, @TempDir Path folder) {
    this.spark = spark;
    this.folder = folder;
    this.out = folder.resolve("out");
  }

  @AfterEach
  void noTaskLeavesItsRuntimeOpen() {
    assertThat(FakeEngine.OPEN).hasValue(0);
  }

  @Test
  void everyRegionHasExactlyOneRowWithItsOwnColumns() throws IOException {
    Path manifest =
        Rows.boxes(
            folder.resolve("m.csv"),
            203,
            ",0,0,10,10,nowhere",
            "bad.jpg,0,0,ten,10,bad box",
            "missing.jpg,0,0,10,10,lost");

    RunRecord record = run(manifest, new FakeEngine(), SPEC, Mode.ERROR);

    List<Row> rows = output().orderBy("region_id").collectAsList();
    assertThat(rows).hasSize(206);
    assertThat(output().columns())
        .containsExactly(
            "uri",
            "x",
            "y",
            "width",
            "height",
            "site",
            "region_id",
            "region_key",
            "status",
            "failure",
            "score");
    assertThat(rows.stream().map(row -> row.<String>getAs("site")).distinct()).hasSize(206);
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      assertThat(row.<Long>getAs("region_id")).isEqualTo(i);
      if (row.getAs("status").equals("ok")) {
        assertThat(row.getList(row.fieldIndex("score")))
            .isEqualTo(List.of((float) i, i * 0.5f, (float) -i));
      }
    }
    assertThat(record.counts().reasons())
        .containsOnly(
            java.util.Map.entry("manifest/null_uri", 1L),
            java.util.Map.entry("manifest/bad_box", 1L),
            java.util.Map.entry("read/not_found", 1L));
    assertThat(out.resolve("_SUCCESS")).exists();
  }

  private RunRecord run(Path manifest, Engine engine, PredictSpec spec, Mode mode) {
    return new WritingRun(
            spark,
            engine,
            ManifestSource.files(manifest.toString()),
            spec,
            new OutputOptions(out.toString(), mode),
            new Progress())
        .run();
  }

  private Dataset<Row> output() {
    return spark.read().parquet(out.toString());
  }
}
