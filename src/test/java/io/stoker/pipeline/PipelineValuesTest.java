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
        8,
        8,
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

  private static PipelineReport report(
      long starved, StageTimes fetch, StageTimes decode, StageTimes preprocess, StageTimes tasks) {
    return new PipelineReport(
        100,
        starved,
        fetch,
        decode,
        preprocess,
        StageTimes.NONE,
        tasks,
        7,
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
        1);
  }

  @ParameterizedTest
  @CsvSource({
    // starved, fetch idle, fetch waits for memory, decode busy, decode waits for files and for
    // slots,
    // preprocess, writer
    "5, 0, 0, 90, 10, 0, 0, 0, DEVICE",
    "50, 0, 0, 10, 10, 90, 0, 0, DEVICE",
    "50, 0, 0, 90, 10, 0, 0, 0, DECODE",
    "50, 0, 0, 20, 10, 0, 70, 0, PREPROCESS",
    "50, 0, 0, 10, 90, 0, 0, 0, IO",
    "50, 700, 0, 10, 90, 0, 0, 0, IO",
    "50, 9000, 0, 10, 90, 0, 0, 0, TASKS",
    "50, 700, 300, 10, 90, 0, 0, 0, MEMORY",
    "50, 0, 0, 10, 90, 0, 0, 300, WRITER"
  })
  void theVerdictNamesWhoIsWaitedFor(
      long starved,
      long fetchIdle,
      long memory,
      long decode,
      long decodeInput,
      long decodeOutput,
      long preprocess,
      long writer,
      Verdict.Bound bound) {
    Verdict verdict =
        report(
                starved,
                new StageTimes(100, fetchIdle, memory),
                new StageTimes(decode, decodeInput, decodeOutput),
                new StageTimes(preprocess, 0, 0),
                new StageTimes(10, 100, writer))
            .verdict();
    assertThat(verdict.bound()).isEqualTo(bound);
    assertThat(verdict.advice()).isNotBlank();
  }

  @Test
  void reportsAddAndSubtract() throws Exception {
    var times = new StageTimes(1, 2, 3);
    PipelineReport one = report(10, times, times, times, times);
    PipelineReport two = one.plus(one);
    assertThat(two.ok()).isEqualTo(14);
    assertThat(two.failures()).isEqualTo(4);
    assertThat(two.minus(one).failed()).isEqualTo(one.failed());
    assertThat(two.minus(one).ok()).isEqualTo(one.ok());
    assertThat(two.minus(one).leasedBytes()).as("now").isEqualTo(two.leasedBytes());
    assertThat(one.minus(one).failed()).isEmpty();
    assertThat(one.plus(PipelineReport.NONE)).isEqualTo(one);
    assertThat(PipelineReport.NONE.starvedShare()).isZero();
    new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(one);
  }
}
