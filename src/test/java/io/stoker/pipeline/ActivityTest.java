package io.stoker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the device waits for, by what threads are at. */
final class ActivityTest {
  private final Activity activity = new Activity();

  private Starvation pending() {
    return activity.share(100, true, true, true);
  }

  @Test
  void allThreadsDecode() {
    activity.decodeThreads.set(4);
    activity.working.set(4);
    assertThat(pending()).isEqualTo(new Starvation(100, 0, 0, 0, 0, 0));
  }

  @Test
  void someDecodeSomePreprocessAndTheOthersWaitForFiles() {
    activity.decodeThreads.set(4);
    activity.working.set(3);
    activity.awaitingSlot.set(1);
    activity.preprocessing.set(1);
    activity.reading.set(7);
    assertThat(pending()).isEqualTo(new Starvation(25, 25, 50, 0, 0, 0));
  }

  @Test
  void whoReadsWaitsForMemory() {
    activity.reading.set(1);
    activity.awaitingMemory.set(1);
    assertThat(pending()).isEqualTo(new Starvation(0, 0, 0, 100, 0, 0));
  }

  @Test
  void theLastImagesOfATaskKeepFewThreadsBusy() {
    activity.decodeThreads.set(4);
    activity.working.set(1);
    assertThat(pending()).isEqualTo(new Starvation(25, 0, 0, 0, 75, 0));
  }

  @Test
  void nothingIsOnItsWay() {
    var tasks = new Starvation(0, 0, 0, 0, 100, 0);
    assertThat(activity.share(100, false, false, false)).as("at the start").isEqualTo(tasks);
    assertThat(activity.share(100, false, true, true)).as("a task waits").isEqualTo(tasks);
    assertThat(activity.share(100, false, true, false))
        .as("every task is with its rows")
        .isEqualTo(new Starvation(0, 0, 0, 0, 0, 100));
    activity.admitting.set(1);
    assertThat(activity.share(100, false, true, false)).as("one reads regions").isEqualTo(tasks);
  }

  @Test
  void noTimeIsLostWhateverThreadsAreAt() {
    activity.decodeThreads.set(3);
    for (int decoding = 0; decoding < 6; decoding++) {
      for (int preprocessing = 0; preprocessing < 6; preprocessing++) {
        activity.working.set(decoding);
        activity.preprocessing.set(preprocessing);
        assertThat(pending().total()).isEqualTo(100);
      }
    }
  }
}
