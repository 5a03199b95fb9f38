package io.stoker.pipeline;

import io.stoker.region.Region;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one image that takes a hundred times as long as the others costs: throughput, and the
 * longest time in which the device had nothing to do. Decoder and device only sleep, so that the
 * figures are the pipeline's own; the device is a little slower than the decoders together.
 *
 * <pre>mvn -q test-compile, then with the test class path:
 * java … io.stoker.pipeline.SlowImageBenchmark</pre>
 */
final class SlowImageBenchmark {
  private static final int REGIONS = 8_000;
  private static final int BATCH = 8;
  private static final int ROUNDS = 5;
  private static final int SLOW = REGIONS / 3;
  private static final long DECODE_MICROS = 8_000;
  private static final long RUN_MICROS = 10_000;

  private SlowImageBenchmark() {}

  private record Seen(double seconds, double gapMillis) {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    var without = new Seen[ROUNDS];
    var with = new Seen[ROUNDS];
    run(1); // warms up
    for (int round = 0; round < ROUNDS; round++) {
      without[round] = run(1);
      with[round] = run(100);
    }
    print("all alike", without);
    print("one a hundred times slower", with);
  }

  private static void print(String what, Seen[] seen) {
    System.out.printf(
        Locale.ROOT,
        "%-28s %.3f s, longest gap on the device %.1f ms (medians of %d)%n",
        what,
        median(Arrays.stream(seen).mapToDouble(Seen::seconds).toArray()),
        median(Arrays.stream(seen).mapToDouble(Seen::gapMillis).toArray()),
        ROUNDS);
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private static Seen run(int slowness) {
    var bench = new Bench();
    bench.batch = BATCH;
    bench.decodeThreads = 8;
    bench.fetchThreads = 4;
    bench.budgetBytes = 64L << 20;
    List<Region> regions = bench.singles(REGIONS);
    var lastEnd = new AtomicLong();
    var longest = new AtomicLong();
    bench.decoder.hook =
        (image, window) -> sleep(DECODE_MICROS * (image.seed() == SLOW ? slowness : 1));
    try (bench) {
      bench.start();
      bench.predictor.hook =
          (buffer, first, count) -> {
            long before = lastEnd.get();
            if (before != 0 && count == BATCH) { // the end of the run is no gap
              longest.accumulateAndGet(System.nanoTime() - before, Math::max);
            }
            sleep(RUN_MICROS);
            lastEnd.set(System.nanoTime());
          };
      long from = System.nanoTime();
      bench.assertAllOk(bench.run(regions), regions);
      return new Seen((System.nanoTime() - from) / 1e9, longest.get() / 1e6);
    }
  }

  private static void sleep(long micros) {
    try {
      TimeUnit.MICROSECONDS.sleep(micros);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
