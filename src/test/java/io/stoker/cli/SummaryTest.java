package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.iterator.StageTimes;
import io.stoker.model.ModelOptimization;
import io.stoker.pipeline.BackOff;
import io.stoker.pipeline.Knobs;
import io.stoker.pipeline.PipelineReport;
import io.stoker.pipeline.Starvation;
import io.stoker.pipeline.Verdict;
import io.stoker.region.Failure.Reason;
import io.stoker.runtime.ExecutorReport;
import io.stoker.runtime.Parity;
import io.stoker.runtime.PredictSpec;
import io.stoker.spark.MemoryNeed;
import io.stoker.spark.RunRecord;
import io.stoker.spark.RunRecord.Counts;
import io.stoker.spark.RunRecord.ManifestPart;
import io.stoker.spark.RunRecord.Outcome;
import io.stoker.spark.RunRecord.PlanPart;
import io.stoker.spark.RunRecord.Timings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SummaryTest {
  private static final Counts COUNTS =
      new Counts(12_003, 12_000, 3, Map.of("read/not_found", 1L, "decode/truncated", 2L), true);

  @Test
  void aRunInAFewLines() {
    assertThat(Summary.of(run(COUNTS, List.of("CPU"), null)))
        .isEqualTo(
            """
            12,003 regions: 12,000 ok, 3 failed
                       2  decode/truncated
                       1  read/not_found
            rate     750 regions/s; files opened 24 times
            time     21.4 s (manifest 3.0, model 0.9, predicting 16.0, proving 1.5, other 0.0)
            device   CPU, starved 34 % of the time; 66 % of what this model does there from memory
            verdict  decode bound; more cores an executor would help
            output   file:/out
            """);
  }

  @Test
  void aRunThatWasEndedSaysWhatWasNotReached() {
    Counts early = new Counts(12_003, 500, 700, Map.of("read/not_found", 700L), false);

    assertThat(Summary.of(run(early, List.of("H100", "H200"), "file:/_out.stoker-1")))
        .startsWith("12,003 regions: 500 ok, 700 failed, 10,803 not reached\n")
        .contains("device   H100, H200, starved")
        .contains(
            "; it had too little memory, so batches are of 64, 1 in flight (see --batch,"
                + " --in-flight)\n")
        .contains(
            "memory   batches and images 3,072 MiB, TensorFlow 1,536 MiB an executor:"
                + " --conf spark.executor.memoryOverhead=2560m\n")
        .contains(
            "parity   256 regions also in float32 on the CPU: largest difference 0.0031, argmax"
                + " agrees for 99.6 %\n")
        .endsWith("output   file:/_out.stoker-1\n");
  }

  @Test
  void aRunWithoutAnExecutorHasNoVerdict() {
    assertThat(Summary.of(run(COUNTS, List.of(), null)))
        .contains("device   none was needed\n")
        .doesNotContain("verdict");
  }

  @Test
  void aShortRunIsNotJudged() {
    assertThat(Summary.of(run(COUNTS, List.of("CPU"), null, 9.9)))
        .contains("predicting 9.9, proving 1.5, other 6.1)")
        .contains("verdict  none: too short to judge\n");
  }

  static RunRecord run(Counts counts, List<String> devices, @Nullable String written) {
    return run(counts, devices, written, 16);
  }

  private static RunRecord run(
      Counts counts, List<String> devices, @Nullable String written, double predicting) {
    StageTimes none = StageTimes.NONE;
    var pipeline =
        new PipelineReport(
            100,
            new Starvation(34, 0, 0, 0, 0, 0),
            none,
            none,
            none,
            none,
            none,
            12_000,
            Map.of(Reason.TRUNCATED, 2L),
            375,
            1,
            24,
            1,
            1,
            1,
            1,
            0,
            1,
            0,
            1,
            new Knobs(2, 16));
    var verdict =
        devices.isEmpty() || predicting < 10
            ? null
            : new Verdict(Verdict.Bound.DECODE, "more cores an executor would help");
    return new RunRecord(
        Outcome.DONE,
        null,
        "file:/out",
        written,
        PredictSpec.model("f.pb").build(),
        "f",
        "m",
        ModelOptimization.none(1),
        Map.of(),
        new ManifestPart("m.csv", "file:/", Map.of()),
        new PlanPart(12_003, 8, 1, 2, 2, 2, 32, "1x1x3 UINT8", "COPY"),
        counts,
        devices.isEmpty() ? null : pipeline,
        0.34,
        devices.isEmpty() ? null : 0.66,
        verdict,
        devices,
        devices.size() < 2
            ? List.of()
            : List.of(lacking(1, 128, pipeline), lacking(2, 64, pipeline)),
        devices.size() < 2 ? null : new MemoryNeed(8L << 30, 4L << 30, 3L << 30, 3L << 29),
        devices.size() < 2 ? null : new Parity(256, 0.00312, 0.996),
        Map.of(),
        new Timings("2026-11-23T00:00:00Z", 3, 0.9, predicting, 1.5, 21.4, 750.2),
        List.of());
  }

  private static ExecutorReport lacking(int inFlight, int batch, PipelineReport pipeline) {
    return new ExecutorReport(
        "r",
        "h",
        "H100",
        List.of("0"),
        true,
        1,
        256,
        4,
        new BackOff(3, inFlight, batch),
        null,
        700,
        1,
        1,
        pipeline);
  }
}
