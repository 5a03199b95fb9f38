package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.spark.Progress.Phase;
import io.stoker.spark.Progress.Snapshot;
import org.junit.jupiter.api.Test;

final class ProgressTextTest {
  @Test
  void aLineHasCountsRateAndTimeLeft() {
    var now = new Snapshot(Phase.PREDICTING, 12_003, 3_000, 2, 8, 1, true, 300);

    assertThat(ProgressText.line(now))
        .isEqualTo("3,000 of 12,003 regions (24 %), 2 failed, 300/s, 0:30 left");
  }

  @Test
  void nothingIsPromisedBeforeTheFirstRegion() {
    var now = new Snapshot(Phase.PREDICTING, 12_003, 0, 0, 8, 0, true, 0);

    assertThat(ProgressText.line(now)).isEqualTo("0 of 12,003 regions (0 %), 0 failed");
  }

  @Test
  void aSessionWithoutThePluginIsTold() {
    var now = new Snapshot(Phase.PREDICTING, 100, 50, 0, 8, 4, false, 1.25);

    assertThat(ProgressText.line(now))
        .isEqualTo(
            "50 of 100 regions (50 %), 0 failed, 1.3/s, 0:40 left; 4 of 8 tasks, counted as they"
                + " end");
  }

  @Test
  void durationsReadAsClocks() {
    assertThat(ProgressText.duration(0)).isEqualTo("0:00");
    assertThat(ProgressText.duration(65.4)).isEqualTo("1:05");
    assertThat(ProgressText.duration(3_845)).isEqualTo("1:04:05");
    assertThat(ProgressText.duration(-3)).isEqualTo("0:00");
  }
}
