package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.runtime.RefusedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShownRowsTest {
  private static SparkSession spark;
  @TempDir private static Path home = Path.of("");

  @BeforeAll
  static void start() {
    spark = LocalSession.start(1);
    spark
        .sql(
            """
            select uri, region_id, unhex('00ff') as region_key, status, failure, best, scores, mask
            from values
              ('b.jpg', 1L, 'failed',
                named_struct('stage', 'read', 'reason', 'not_found', 'detail', 'no\n\tb.jpg'),
                null, null, null),
              ('a.jpg', 0L, 'ok', null,
                array(named_struct('index', 3, 'label', 'town', 'score', 0.98f),
                      named_struct('index', 1, 'label', null, 'score', 0.0123456f)),
                array(1f, 2f, 3f, 4f, 5f, 6f), unhex('010203')),
              ('c.jpg', 2L, 'ok', null, null, null, null)
            as t(uri, region_id, status, failure, best, scores, mask)
            """)
        .write()
        .parquet(home.resolve("out").toString());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void rowsAreATableInTheOrderOfTheirIds() {
    assertThat(show(null, 2, false).lines().map(line -> line.strip().replaceAll(" {2,}", "|")))
        .containsExactly(
            "uri|region_id|status|failure|best|scores|mask",
            "a.jpg|0|ok|[3 town 0.980, 1 0.012]|[1.000, 2.000, 3.000, 4.000, 5.000, ... 6 in all]|3 bytes",
            "b.jpg|1|failed|read not_found no b.jpg",
            "2 of 3 rows");
  }

  @Test
  void aConditionChooses() {
    assertThat(show("status = 'failed'", 9, false))
        .contains("b.jpg")
        .endsWith("1 of 1 rows for which it is true, of 3\n");
    assertThat(show("failure.reason = 'io'", 9, false))
        .endsWith("0 of 0 rows for which it is true, of 3\n");
  }

  @Test
  void jsonHasWholeValues() {
    assertThat(show("region_id = 0", 1, true))
        .startsWith("{\"uri\":\"a.jpg\",\"region_id\":0,\"region_key\":")
        .contains("\"scores\":[1.0,2.0,3.0,4.0,5.0,6.0]")
        .endsWith("}\n");
  }

  @Test
  void anotherFileIsRefusedByWhatItIs() throws IOException {
    Path text = Files.writeString(home.resolve("log.txt"), "no rows at all\n");

    assertThatThrownBy(() -> print(new ShowJob(text.toString(), null, 1, false)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(
            "log.txt holds no Parquet files, expected a folder that predict wrote")
        .hasMessageNotContaining("stage failure");
  }

  @Test
  void anOutputWithoutItsProofIsToldApart() throws IOException {
    Path folder = home.resolve("unproven");
    spark.range(3).write().parquet(folder.toString());
    assertThat(print(new ShowJob(folder.toString(), null, 1, false))).endsWith("1 of 3 rows\n");
    Files.createDirectory(folder.resolve("_stoker"));
    Files.writeString(folder.resolve("_stoker/run.json"), "{}");
    assertThat(print(new ShowJob(folder.toString(), null, 1, false))).endsWith("1 of 3 rows\n");
    Files.delete(folder.resolve("_SUCCESS"));
    assertThat(print(new ShowJob(folder.toString(), null, 1, true)))
        .contains("this output has no _SUCCESS");
  }

  @Test
  void whatCannotBeReadIsRefused() {
    assertThatThrownBy(() -> show("size > 3", 1, false))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("--where \"size > 3\" cannot be used: ");
    assertThatThrownBy(() -> show("x =", 1, false)).hasMessageContaining("PARSE_SYNTAX_ERROR");
    assertThatThrownBy(() -> print(new ShowJob(home + "/none", null, 1, false)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("/none does not exist, expected a folder that predict wrote");
  }

  private static String show(@Nullable String where, int limit, boolean json) {
    return print(new ShowJob(home.resolve("out").toString(), where, limit, json));
  }

  private static String print(ShowJob job) {
    var text = new StringWriter();
    var said = new StringWriter();
    new ShownRows(spark, new PrintWriter(text), new PrintWriter(said)).print(job);
    return text + said.toString();
  }
}
