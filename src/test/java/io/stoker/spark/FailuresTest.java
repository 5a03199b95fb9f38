package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.spark.StokerException.Exit;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FailuresTest {
  @Test
  void anInterruptIsKnownByWhatItThrows() {
    for (Exception thrown :
        List.of(
            new InterruptedException(),
            new InterruptedIOException("interrupted"),
            new ClosedByInterruptException())) {
      RuntimeException end = Failures.asUnchecked(new IOException("writing failed", thrown));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(end)
          .isInstanceOfSatisfying(
              StokerException.class, e -> assertThat(e.exit()).isEqualTo(Exit.INTERRUPTED));
    }
  }

  @Test
  void aTimeoutIsNoInterrupt() {
    var timeout = new IOException("no answer", new SocketTimeoutException("Read timed out"));

    assertThat(Failures.asUnchecked(timeout)).isInstanceOf(UncheckedIOException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
