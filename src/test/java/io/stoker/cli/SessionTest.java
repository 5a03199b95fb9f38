package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

final class SessionTest {
  private static final String PLUGIN = "io.stoker.spark.StokerPlugin";

  private final SparkConf conf = new SparkConf(false);

  @Test
  void anEmbeddedSparkIsQuietAndLeavesNothingBehind() throws Exception {
    Path scratch = Objects.requireNonNull(Session.configure(conf, "local[3]"));

    assertThat(scratch).isDirectory();
    assertThat(conf.get("spark.master")).isEqualTo("local[3]");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("false");
    assertThat(conf.get("spark.local.dir")).isEqualTo(scratch.toString());
    assertThat(conf.get("spark.sql.warehouse.dir")).startsWith(scratch.toUri().toString());
    assertThat(conf.get("spark.plugins")).isEqualTo(PLUGIN);
    Files.delete(scratch);
  }

  @Test
  void whatSparkSubmitHasSetStays() throws Exception {
    conf.setMaster("yarn").setAppName("mine").set("spark.plugins", "a.B");

    assertThat(Session.configure(conf, "local[3]")).isNull();
    assertThat(conf.get("spark.master")).isEqualTo("yarn");
    assertThat(conf.get("spark.app.name")).isEqualTo("mine");
    assertThat(conf.get("spark.plugins")).isEqualTo("a.B," + PLUGIN);
    assertThat(conf.contains("spark.local.dir")).isFalse();
    assertThat(conf.contains("spark.ui.enabled")).isFalse();
  }

  @Test
  void thePluginIsNotNamedTwice() throws Exception {
    conf.setMaster("yarn").set("spark.plugins", PLUGIN);

    Session.configure(conf, null);

    assertThat(conf.get("spark.plugins")).isEqualTo(PLUGIN);
  }

  @Test
  void withoutAMasterItSaysHowToStart() {
    assertThatThrownBy(() -> Session.configure(conf, null))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("no Spark master")
        .hasMessageContaining("submit/stoker");
  }
}
