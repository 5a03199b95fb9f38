package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.spark.RunRecord;
import io.stoker.spark.RunRecord.Counts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommonFailureTest {
  private static final Map<String, Long> REASONS =
      Map.of("read/not_found", 1L, "decode/box_outside_image", 2L);

  private static SparkSession spark;
  @TempDir private static Path home = Path.of("");

  @BeforeAll
  static void start() {
    spark = LocalSession.start(1);
    spark
        .sql(
            """
            select 'a.jpg' as Image, null as failure
            union all select 'b.jpg', named_struct(
              'stage', 'read', 'reason', 'not_found', 'detail', 'no b.jpg')
            union all select 'c.jpg', named_struct(
              'stage', 'decode', 'reason', 'box_outside_image', 'detail', 'box 9x9\n outside')
            """)
        .write()
        .parquet(home.resolve("out").toString());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void theMostCommonReasonHasAnExampleAndAdvice() {
    assertThat(describe(REASONS, true))
        .isEqualTo(
            "2 of 3 failures: decode/box_outside_image, such as Image c.jpg: box 9x9 outside;"
                + " boxes partly outside are taken with --box-outside clamp or pad");
  }

  @Test
  void aRunWithoutRowsHasNoExample() {
    assertThat(describe(Map.of("read/not_found", 9L), false))
        .isEqualTo(
            "9 of 9 failures: read/not_found; relative URIs are looked for beside the manifest");
    assertThat(CommonFailure.describe(spark, run(Map.of(), true))).isNull();
  }

  private String describe(Map<String, Long> reasons, boolean committed) {
    return String.valueOf(CommonFailure.describe(spark, run(reasons, committed)));
  }

  private static RunRecord run(Map<String, Long> reasons, boolean committed) {
    return SummaryTest.run(
        new Counts(4, 1, 3, reasons, committed), List.of(), home.resolve("out").toString());
  }
}
