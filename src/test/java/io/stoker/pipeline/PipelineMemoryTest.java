package io.stoker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.model.PredictException;
import io.stoker.region.Failure.Reason;
import io.stoker.region.Region;
import io.stoker.region.RegionResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device with room for so many slots at a time, whichever runs they belong to. */
@Timeout(60)
final class PipelineMemoryTest {
  private final Bench bench = new Bench();
  private final AtomicInteger used = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  private void room(int slots) {
    bench.predictor.hook =
        (buffer, first, count) -> {
          try {
            if (used.addAndGet(count) > slots) {
              refused.incrementAndGet();
              throw new PredictException(PredictException.Kind.OUT_OF_MEMORY, "no room");
            }
            Thread.yield();
          } finally {
            used.addAndGet(-count);
          }
        };
  }

  @Test
  void noRegionIsLostOrDoubledHoweverLittleRoomThereIs() throws Exception {
    long seed = System.nanoTime();
    System.out.println("PipelineMemoryTest seed " + seed);
    var random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      var one = new PipelineMemoryTest();
      one.bench.batch = 1 + random.nextInt(16);
      one.bench.inFlight = 1 + random.nextInt(4);
      one.bench.seed = seed;
      if (random.nextBoolean()) {
        one.bench.fixedBatch = one.bench.batch;
        one.bench.takesFewer = true;
      }
      int room = 1 + random.nextInt(2 * one.bench.batch);
      try (Bench bench = one.bench) {
        bench.start();
        one.room(room);
        var expected = List.of(bench.singles(97), bench.singles(50));
        var tasks = new ArrayList<Future<List<RegionResult>>>();
        expected.forEach(regions -> tasks.add(bench.runAside(regions)));
        for (int i = 0; i < tasks.size(); i++) {
          bench.assertAllOk(tasks.get(i).get(), expected.get(i));
        }
        bench.awaitQuiet();
        assertThat(bench.pipeline.report().ok()).isEqualTo(147);
        assertThat(bench.pipeline.backOff() == null).isEqualTo(one.refused.get() == 0);
      }
    }
  }

  /** Three runs, all refused at once: each waits for the others before it looks. */
  @Test
  void runsThatAreRefusedTogetherLowerTheLimitOnce() throws Exception {
    bench.batch = 4;
    bench.inFlight = 3;
    try (bench) {
      bench.start();
      var together = new CyclicBarrier(3);
      var runs = new AtomicInteger();
      bench.predictor.hook =
          (buffer, first, count) -> {
            if (runs.incrementAndGet() <= 3) {
              meet(together);
              throw new PredictException(PredictException.Kind.OUT_OF_MEMORY, "no room");
            }
          };
      List<Region> regions = bench.singles(12);
      bench.assertAllOk(bench.run(regions), regions);
      assertThat(bench.pipeline.backOff()).isEqualTo(new BackOff(1, 2, 4));
      assertThat(bench.pipeline.batch()).isEqualTo(4);
    }
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatWasFoundHoldsForTheTasksToCome() {
    bench.batch = 8;
    bench.inFlight = 2;
    try (bench) {
      bench.start();
      room(3);
      List<Region> regions = bench.singles(64);
      bench.assertAllOk(bench.run(regions), regions);
      assertThat(bench.pipeline.backOff()).isEqualTo(new BackOff(3, 1, 2));
      int before = refused.get();
      assertThat(before).isBetween(3, 6); // two runners may fail at each step
      bench.predictor.runs.clear();
      bench.assertAllOk(bench.run(regions), regions);
      assertThat(refused).hasValue(before);
      assertThat(bench.predictor.runs).allSatisfy(count -> assertThat(count).isLessThan(3));
    }
  }

  @Test
  void aFixedBatchThatNeverFitsFailsItsRegions() {
    bench.batch = 4;
    bench.fixedBatch = 4;
    bench.inFlight = 2;
    try (bench) {
      bench.start();
      room(3);
      assertThat(bench.run(bench.singles(10)))
          .hasSize(10)
          .allSatisfy(
              result -> {
                assertThat(Bench.failure(result).reason()).isEqualTo(Reason.OUT_OF_MEMORY);
                assertThat(Bench.failure(result).detail()).isEqualTo("no room");
              });
      assertThat(bench.pipeline.backOff()).isEqualTo(new BackOff(1, 1, 4));
    }
  }
}
