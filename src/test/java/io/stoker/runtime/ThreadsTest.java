package io.stoker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.runtime.PredictSpec.Failures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ThreadsTest {
  private static final PredictSpec.Resources NOTHING_ASKED =
      PredictSpec.model("m").build().resources();

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 8, 16, 64})
  void decodingAndTensorFlowTogetherNeverExceedTheCores(int cores) {
    Threads cpu = Threads.of(NOTHING_ASKED, cores, false);
    assertThat(cpu.decode() + cpu.intraOp()).isEqualTo(cores);
    Threads gpu = Threads.of(NOTHING_ASKED, cores, true);
    assertThat(gpu.decode()).isEqualTo(cores - 1);
  }

  @Test
  void aSingleCoreIsSharedByOneOfEach() {
    assertThat(Threads.of(NOTHING_ASKED, 1, false)).isEqualTo(new Threads(1, 1, 4, 1));
    assertThat(Threads.of(NOTHING_ASKED, 1, true)).isEqualTo(new Threads(1, 1, 4, 2));
  }

  @Test
  void whatTheUserSaysIsTaken() {
    PredictSpec.Resources asked =
        PredictSpec.model("m").decodeThreads(3).fetchAhead(5).inFlight(7).build().resources();
    assertThat(Threads.of(asked, 4, false)).isEqualTo(new Threads(3, 1, 5, 7));
  }

  @Test
  void failureLimitsAreCountsOrShares() {
    assertThat(Failures.parse("5%").exceeded(5, 100)).isFalse();
    assertThat(Failures.parse("5%").exceeded(6, 100)).isTrue();
    assertThat(Failures.parse("0").exceeded(1, 1_000_000)).isTrue();
    assertThat(Failures.parse("100%").exceeded(100, 100)).isFalse();
  }
}
