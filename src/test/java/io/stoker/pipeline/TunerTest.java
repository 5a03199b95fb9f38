package io.stoker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.pipeline.Tuner.Seen;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** What is chosen by what was seen: without a thread or a clock. */
final class TunerTest {
  private static final KnobRange RANGE =
      new KnobRange(new Knobs(1, 16), new Knobs(4, 16), new Knobs(16, 128));

  private static final Seen BALANCED = new Seen(0, 0, 0.6, 0.3, 0.1, false);
  private static final Seen DECODE_BOUND = new Seen(0.5, 0.45, 0.4, 0.3, 0.1, true);
  private static final Seen DEVICE_BOUND = new Seen(0, 0, 0.2, 0.8, 0, true);
  private static final Seen IO_BOUND = new Seen(0.5, 0.1, 0.2, 0, 1, true);

  private final Tuner tuner = new Tuner(RANGE);

  private Knobs after(Knobs now, Seen seen, int moments) {
    Knobs knobs = now;
    for (int i = 0; i < moments; i++) {
      knobs = tuner.next(knobs, seen);
    }
    return knobs;
  }

  @Test
  void whatWorksStays() {
    assertThat(after(RANGE.start(), BALANCED, 100)).isEqualTo(RANGE.start());
  }

  @Test
  void whereDecodingIsTheBoundAllCoresDecodeAfterAFewMoments() {
    assertThat(after(RANGE.start(), DECODE_BOUND, 8).decodeThreads()).isEqualTo(16);
  }

  @Test
  void whereReadingIsTheBoundAllMayReadAfterAFewMomentsAndNobodyElseDecodes() {
    assertThat(after(RANGE.start(), IO_BOUND, 4)).isEqualTo(new Knobs(4, 128));
  }

  @Test
  void threadsThatReadAreNotMadeMoreWhereNoFileWaits() {
    var tail = new Seen(0.5, 0.1, 0.2, 0, 1, false);
    assertThat(after(RANGE.start(), tail, 10)).isEqualTo(RANGE.start());
  }

  @Test
  void threadsThatOnlyWaitForSlotsStepBackUntilTheDeviceStarves() {
    Knobs fewer = after(new Knobs(16, 16), DEVICE_BOUND, 12);
    assertThat(fewer.decodeThreads()).isEqualTo(4);

    Knobs again = tuner.next(fewer, new Seen(0.05, 0.05, 1, 0, 0, true));
    assertThat(again.decodeThreads()).isEqualTo(5);
    assertThat(after(again, DEVICE_BOUND, 50).decodeThreads())
        .as("never again as few as starved the device")
        .isEqualTo(5);
  }

  @Test
  void whatIsSetByHandStays() {
    var fixed = new Tuner(KnobRange.fixed(3, 5));
    var now = new Knobs(3, 5);
    for (Seen seen : new Seen[] {BALANCED, DECODE_BOUND, DEVICE_BOUND, IO_BOUND}) {
      assertThat(fixed.next(now, seen)).isEqualTo(now);
    }
  }

  @RepeatedTest(20)
  void nothingEverSeenLeadsOutOfTheRange(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    System.out.println("TunerTest seed " + seed);
    var random = new Random(seed);
    Knobs now = RANGE.start();
    for (int i = 0; i < 1_000; i++) {
      double decoding = random.nextDouble();
      double starved = random.nextInt(2) * random.nextDouble();
      now =
          tuner.next(
              now,
              new Seen(
                  starved,
                  starved * random.nextDouble(),
                  decoding,
                  (1 - decoding) * random.nextDouble(),
                  random.nextDouble(),
                  random.nextBoolean()));
      assertThat(now.decodeThreads()).isBetween(1, 16);
      assertThat(now.fetchThreads()).isBetween(16, 128);
    }
  }
}
