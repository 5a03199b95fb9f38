package io.stoker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The inner loops' benchmarks work; how fast is asked with a command of its own. */
final class JmhTest {
  @Test
  void everyBenchmarkRuns() throws Exception {
    // Others may be measuring on this machine, which this run does not disturb for long.
    System.setProperty("jmh.ignoreLock", "true");
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("io\\.stoker\\..*Benchmark")
                    .param("side", "224")
                    .mode(Mode.SingleShotTime)
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();

    assertThat(results)
        .extracting(result -> result.getParams().getBenchmark())
        .contains(
            "io.stoker.iterator.HandOverBenchmark.lease",
            "io.stoker.iterator.HandOverBenchmark.queue",
            "io.stoker.pipeline.SlotFillerBenchmark.copy",
            "io.stoker.pipeline.SlotFillerBenchmark.resize",
            "io.stoker.spark.OutputRowsBenchmark.ok",
            "io.stoker.tensorflow.DecodeBenchmark.decode");
  }
}
