package io.stoker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.pipeline.MemoryBackOff.Limits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemoryBackOffTest {
  @Test
  void runsInFlightAreLoweredFirstThenBatchesAreHalved() {
    var backOff = new MemoryBackOff(3, 10, 1);
    var seen = new ArrayList<Limits>();
    int slots = 10;
    for (boolean again = true; again; ) {
      Limits limits = backOff.enter();
      seen.add(limits);
      slots = Math.min(slots, limits.batch());
      backOff.leave();
      again = backOff.lower(limits, slots, "test");
    }
    assertThat(seen)
        .containsExactly(
            new Limits(0, 3, 10),
            new Limits(1, 2, 10),
            new Limits(2, 1, 10),
            new Limits(3, 1, 5),
            new Limits(4, 1, 3),
            new Limits(5, 1, 2),
            new Limits(6, 1, 1));
    assertThat(backOff.given()).isEqualTo(new BackOff(6, 1, 1));
  }

  @Test
  void manyRunsThatFailAtOnceAreOneStep() {
    var backOff = new MemoryBackOff(4, 8, 1);
    List<Limits> under = List.of(backOff.enter(), backOff.enter(), backOff.enter());
    under.forEach(limits -> backOff.leave());
    under.forEach(limits -> assertThat(backOff.lower(limits, 8, "test")).isTrue());
    assertThat(backOff.limits()).isEqualTo(new Limits(1, 3, 8));
  }

  @Test
  void aRunThatBeganBeforeTheLastStepIsWorthAnotherTryEvenAtTheEnd() {
    var backOff = new MemoryBackOff(2, 1, 1);
    Limits early = backOff.enter();
    backOff.leave();
    assertThat(backOff.lower(early, 1, "test")).isTrue();
    assertThat(backOff.lower(early, 1, "test")).isTrue();
    assertThat(backOff.lower(backOff.limits(), 1, "test")).isFalse();
    assertThat(backOff.limits()).isEqualTo(new Limits(1, 1, 1));
  }

  /** Of 3 regions left over, and a batch of 256 that was never tried alone: 2, not 128. */
  @Test
  void aSmallRunThatIsTooLargeHalvesWhatItHad() {
    var backOff = new MemoryBackOff(1, 256, 1);
    assertThat(backOff.lower(backOff.limits(), 3, "test")).isTrue();
    assertThat(backOff.limits()).isEqualTo(new Limits(1, 1, 2));
  }

  @Test
  void aFixedBatchIsNotHalved() {
    var backOff = new MemoryBackOff(2, 8, 8);
    assertThat(backOff.lower(backOff.limits(), 8, "test")).isTrue();
    assertThat(backOff.lower(backOff.limits(), 8, "test")).isFalse();
    assertThat(backOff.limits()).isEqualTo(new Limits(1, 1, 8));
    assertThat(new MemoryBackOff(2, 8, 8).given()).isNull();
  }

  @Test
  void noMoreRunsBeginThanTheLimitHoweverManyHadBegun() throws Exception {
    var backOff = new MemoryBackOff(2, 8, 1);
    Limits first = backOff.enter();
    backOff.enter();
    assertThat(backOff.lower(first, 8, "test")).isTrue();
    var third = new Thread(backOff::enter);
    third.start();
    backOff.leave(); // one is left, and one is the limit now
    await().until(() -> third.getState() == Thread.State.WAITING);
    backOff.leave();
    third.join();
    assertThat(backOff.limits()).isEqualTo(new Limits(1, 1, 8));
  }
}
