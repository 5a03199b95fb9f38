package io.stoker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.pipeline.KnobRange;
import io.stoker.pipeline.Knobs;
import io.stoker.runtime.PredictSpec.Failures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ThreadsTest {
  private static final PredictSpec.Resources NOTHING_ASKED =
      PredictSpec.model("m").build().resources();

  private static KnobRange range(int least, int start, int most, int fetch, int mostFetch) {
    return new KnobRange(
        new Knobs(least, fetch), new Knobs(start, fetch), new Knobs(most, mostFetch));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 8, 16, 64})
  void noStageHasMoreThreadsThanThereAreCores(int cores) {
    Threads cpu = Threads.of(NOTHING_ASKED, cores, false);
    assertThat(cpu.intraOp()).isEqualTo(cores);
    assertThat(cpu.inFlight()).isEqualTo(1);
    assertThat(cpu.knobs()).isEqualTo(range(1, cores, cores, 16, 128));
    Threads gpu = Threads.of(NOTHING_ASKED, cores, true);
    assertThat(gpu.intraOp()).isEqualTo(1);
    assertThat(gpu.inFlight()).as("to be tried out").isZero();
    assertThat(gpu.knobs()).isEqualTo(range(1, cores, cores, 16, 128));
  }

  @Test
  void whatTheUserSaysIsTaken() {
    PredictSpec.Resources asked =
        PredictSpec.model("m").decodeThreads(3).fetchAhead(5).inFlight(7).build().resources();
    assertThat(Threads.of(asked, 4, false)).isEqualTo(new Threads(KnobRange.fixed(3, 5), 4, 7));
  }

  @Test
  void whatTheUserSaysOfOneKnobLeavesTheOthersOpen() {
    PredictSpec.Resources asked = PredictSpec.model("m").decodeThreads(3).build().resources();
    assertThat(Threads.of(asked, 4, true).knobs()).isEqualTo(range(3, 3, 3, 16, 128));
  }

  @Test
  void withoutAutotuningNothingIsOpen() {
    PredictSpec.Resources asked = PredictSpec.model("m").autotune(false).build().resources();
    assertThat(Threads.of(asked, 8, true)).isEqualTo(new Threads(KnobRange.fixed(8, 32), 1, 3));
    assertThat(Threads.of(asked, 8, false)).isEqualTo(new Threads(KnobRange.fixed(8, 32), 8, 1));
  }

  @Test
  void failureLimitsAreCountsOrShares() {
    assertThat(Failures.parse("5%").exceeded(5, 100)).isFalse();
    assertThat(Failures.parse("5%").exceeded(6, 100)).isTrue();
    assertThat(Failures.parse("0").exceeded(1, 1_000_000)).isTrue();
    assertThat(Failures.parse("100%").exceeded(100, 100)).isFalse();
  }
}
