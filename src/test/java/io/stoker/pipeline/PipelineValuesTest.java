package io.stoker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.iterator.StageTimes;
import io.stoker.region.Failure.Reason;
import io.stoker.region.SlotSpec;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Memory plan, report and verdict: values, without a thread. */
final class PipelineValuesTest {
  private static final Filling COPY =
      new Filling.Copy(new SlotSpec(450, 450, 3, SlotSpec.Type.UINT8));

  private static PipelineOptions options(long memoryBytes, long outputBytes, int batch) {
    return new PipelineOptions(
        batch,
        KnobRange.fixed(8, 8),
        2,
        memoryBytes,
        2,
        BoxOutside.FAIL,
        PipelineOptions.DEFAULT_MAX_PIXELS,
        PipelineOptions.DEFAULT_DECODE_TIMEOUT,
        outputBytes,
        List.of());
  }

  @Test
  void thePlansPartsAddUpToTheMemory() {
    MemoryPlan plan = MemoryPlan.of(options(4L << 30, 4_000, 256), COPY, 0);
    assertThat(plan.buffers()).isEqualTo(4);
    assertThat(plan.ringBytes()).isEqualTo(4L * 256 * 450 * 450 * 3);
    assertThat(plan.window()).isEqualTo(8_192);
    assertThat(plan.ringBytes() + plan.scratchBytes() + plan.outputBytes() + plan.budgetBytes())
        .isEqualTo(4L << 30);
  }

  @Test
  void largeOutputsMakeTheWindowSmallButNeverBelowABatch() {
    assertThat(MemoryPlan.of(options(4L << 30, 1 << 20, 64), COPY, 0).window()).isEqualTo(512);
    assertThat(MemoryPlan.of(options(4L << 30, 16 << 20, 64), COPY, 0).window()).isEqualTo(64);
  }

  @Test
  void aMemoryTooSmallIsRefusedWithTheFigureThatWouldDo() {
    assertThatThrownBy(() -> MemoryPlan.of(options(1 << 20, 4_000, 16), COPY, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("memory is 1m, expected at least 46m")
        .hasMessageContaining("raise --memory");
    assertThat(MemoryPlan.of(options(60_000_000, 4_000, 16), COPY, 0).budgetBytes()).isPositive();
  }

  @Test
  void whatTheMessageNamesIsEnoughAndAMebibyteLessIsNot() {
    long needed = needed(options(1 << 20, 4_000, 16));
    assertThat(needed(options(needed, 4_000, 16))).isEqualTo(needed);
    assertThat(needed(options(needed - (1 << 20), 4_000, 16))).isEqualTo(needed);
  }

  private static long needed(PipelineOptions options) {
    try {
      MemoryPlan.of(options, COPY, 0);
      return options.memoryBytes();
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      return Long.parseLong(message.replaceAll("(?s).*at least ([0-9]+)m:.*", "$1")) << 20;
    }
  }

  @Test
  void optionsMustBePositive() {
    assertThatThrownBy(() -> options(0, 1, 1)).hasMessage("memoryBytes is 0, expected at least 1");
    assertThatThrownBy(() -> options(1, 1, 0)).hasMessage("batch is 0, expected at least 1");
    assertThat(PipelineOptions.DEFAULT_DECODE_TIMEOUT).isGreaterThan(Duration.ZERO);
  }

  private static PipelineReport report(Starvation starvation, StageTimes times) {
    return new PipelineReport(
        SECOND,
        starvation,
        times,
        times,
        times,
        StageTimes.NONE,
        times,
        700,
        Map.of(Reason.CORRUPT, 2L),
        1,
        1,
        1,
        1,
        1,
        1,
        1,
        1,
        1,
        1,
        1,
        new Knobs(4, 16));
  }

  private static final long SECOND = 1_000_000_000;

  /** So many percent of a second. */
  private static long percent(long percent) {
    return percent * SECOND / 100;
  }

  @ParameterizedTest
  @CsvSource({
    // starved by decode, preprocess, io, memory, tasks, writer
    "5, 1, 1, 1, 0, 1, DEVICE",
    "30, 20, 0, 0, 0, 0, DECODE",
    "20, 30, 0, 0, 0, 0, PREPROCESS",
    "10, 10, 30, 0, 0, 0, IO",
    "10, 0, 10, 30, 0, 0, MEMORY",
    "10, 0, 0, 0, 30, 20, TASKS",
    "10, 0, 0, 0, 10, 11, WRITER"
  })
  void theVerdictNamesWhatTheDeviceWaitedForLongest(
      long decode,
      long preprocess,
      long io,
      long memory,
      long tasks,
      long writer,
      Verdict.Bound bound) {
    var starvation =
        new Starvation(
            percent(decode),
            percent(preprocess),
            percent(io),
            percent(memory),
            percent(tasks),
            percent(writer));

    Verdict verdict =
        Verdict.of(report(starvation, StageTimes.NONE), new Verdict.Capacity(1, 1_000));

    assertThat(verdict.bound()).isEqualTo(bound);
    assertThat(verdict.advice()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1000, '2 more cores here would lift 700 to about 1,000 regions a second; '",
    "1, 100000, '4 more cores here would lift 700 to about 1,400 regions a second; '",
    "2, 1500, '1 more core an executor would lift 1,400 to about 1,500 regions a second; '",
    "1, 0, ''",
    "1, 600, ''"
  })
  void adviceOnCoresIsANumber(int executors, double deviceRate, String figures) {
    PipelineReport one = report(new Starvation(percent(50), 0, 0, 0, 0, 0), StageTimes.NONE);
    PipelineReport all = executors == 1 ? one : one.plus(one);

    Verdict verdict = Verdict.of(all, new Verdict.Capacity(executors, deviceRate));

    assertThat(verdict.advice())
        .isEqualTo(figures + "more cores an executor would help, or smaller images");
  }

  @Test
  void reportsAddAndSubtract() throws Exception {
    var times = new StageTimes(1, 2, 3);
    PipelineReport one = report(new Starvation(1, 2, 3, 4, 5, 6), times);
    PipelineReport two = one.plus(one);
    assertThat(two.ok()).isEqualTo(1400);
    assertThat(two.failures()).isEqualTo(4);
    assertThat(two.minus(one).failed()).isEqualTo(one.failed());
    assertThat(two.minus(one).ok()).isEqualTo(one.ok());
    assertThat(two.minus(one).leasedBytes()).as("now").isEqualTo(two.leasedBytes());
    assertThat(two.minus(one).starvation()).isEqualTo(one.starvation());
    assertThat(two.starvation().total()).isEqualTo(42);
    assertThat(one.minus(one).failed()).isEmpty();
    assertThat(one.plus(PipelineReport.NONE)).isEqualTo(one);
    assertThat(PipelineReport.NONE.starvedShare()).isZero();
    new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(one);
  }
}
