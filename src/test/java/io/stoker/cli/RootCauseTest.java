package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class RootCauseTest {
  @Test
  void theInnermostCauseIsTold() {
    var failure =
        new IllegalStateException(
            "job", new RuntimeException("task", new IOException("\n\ndisk\n")));

    assertThat(RootCause.message(failure)).isEqualTo("disk");
    assertThat(RootCause.isOutOfReach(failure)).isFalse();
  }

  @Test
  void anExecutorsFailureIsReadFromItsText() {
    var failure =
        new IllegalStateException(
            "Lost task 0.0: SparkException: rows\n\tat x\nCaused by: A: b\n\tat y\n"
                + "Caused by: java.net.ConnectException: Connection refused\n\t... 3 more\n");

    assertThat(RootCause.message(failure))
        .isEqualTo("java.net.ConnectException: Connection refused");
    assertThat(RootCause.isOutOfReach(failure)).isTrue();
  }

  @Test
  void causesInACircleEnd() {
    var one = new IllegalStateException("one");
    one.initCause(new IllegalStateException("other", one));

    assertThat(RootCause.message(one)).isIn("one", "other");
  }
}
