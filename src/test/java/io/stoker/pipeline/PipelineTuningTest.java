package io.stoker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.region.Box;
import io.stoker.region.Region;
import io.stoker.region.RegionResult;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Knobs turn while regions flow, and no region minds. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PipelineTuningTest {
  /** So few are on their way that the end comes soon. */
  private static final int WINDOW = 64;

  private final Bench bench = new Bench();
  private final AtomicInteger decoding = new AtomicInteger();
  private final AtomicInteger mostDecoding = new AtomicInteger();

  /** Predicts until the knobs are as wished, and checks every answer's place. */
  private Knobs predictUntil(Predicate<Knobs> wish) {
    String uri = bench.image(FakeImage.of(1, Bench.SIDE, Bench.SIDE));
    String other = bench.image(FakeImage.of(2, Bench.SIDE, Bench.SIDE));
    var regions =
        new Iterator<Region>() {
          private long number;

          @Override
          public boolean hasNext() {
            return !wish.test(bench.pipeline.report().knobs());
          }

          @Override
          public Region next() {
            return new Region(
                number, number++ % 2 == 0 ? uri : other, 0, Box.whole(Bench.SIDE, Bench.SIDE));
          }
        };
    long seen = 0;
    try (PipelineTask task = bench.pipeline.open(regions, true)) {
      while (task.hasNext()) {
        RegionResult result = task.next();
        assertThat(result).isInstanceOf(RegionResult.Ok.class);
        assertThat(result.region().id()).isEqualTo(seen++);
      }
    }
    return bench.pipeline.report().knobs();
  }

  private static void sleep(long micros) {
    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros));
  }

  @Test
  void whereDecodingIsSlowAllThreadsThatMayDecodeSoonDo() throws Exception {
    bench.knobs = new KnobRange(new Knobs(1, 1), new Knobs(1, 1), new Knobs(6, 1));
    bench.window = WINDOW;
    bench.decoder.hook =
        (image, window) -> {
          mostDecoding.accumulateAndGet(decoding.incrementAndGet(), Math::max);
          sleep(3_000);
          decoding.decrementAndGet();
        };
    try (bench) {
      bench.start();
      assertThat(predictUntil(knobs -> knobs.decodeThreads() == 6).fetchThreads()).isEqualTo(1);
      assertThat(mostDecoding.get()).isBetween(2, 6);
    }
  }

  @Test
  void whereTheDeviceIsSlowThreadsThatOnlyWaitStepBack() throws Exception {
    bench.knobs = new KnobRange(new Knobs(1, 1), new Knobs(6, 1), new Knobs(6, 1));
    bench.inFlight = 2;
    bench.window = WINDOW;
    try (bench) {
      bench.start();
      bench.predictor.hook = (buffer, first, count) -> sleep(5_000);
      assertThat(predictUntil(knobs -> knobs.decodeThreads() <= 3).decodeThreads())
          .isLessThanOrEqualTo(3);
    }
  }
}
