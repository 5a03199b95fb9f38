package io.stoker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.region.Box;
import io.stoker.region.Region;
import io.stoker.region.RegionResult;
import io.stoker.region.SlotSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is in memory at a moment is no more than what was leased for it, counted here and not by the
 * budget; and as many runs are in flight as were asked for.
 */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PipelineBoundsTest {
  private final Bench bench = new Bench();

  @Test
  void filesAndTheDecodersCopiesOfThemAreLeased() throws Exception {
    int fileBytes = 40_000;
    CountDownLatch go = bench.gate();
    bench.decoder.hook = (image, window) -> hold(go);
    var regions = new ArrayList<Region>();
    for (int i = 0; i < 40; i++) {
      String uri = bench.image(new FakeImage(i, Bench.SIDE, Bench.SIDE, true, 8, fileBytes));
      regions.add(new Region(i, uri, 0, Box.whole(Bench.SIDE, Bench.SIDE)));
    }
    try (bench) {
      bench.start();
      Future<List<RegionResult>> results = bench.runAside(regions);
      await().until(() -> bench.decoder.decodes.get() == bench.decodeThreads);
      // The budget is full, or everything is read that will be before a decode ends.
      await().until(() -> bench.pipeline.floor().budget().waiting() > 0);
      long decoding = bench.decodeThreads;
      long waiting = bench.pipeline.floor().toDecode().size();
      long live = (decoding + waiting) * fileBytes + decoding * (fileBytes + pixels(1));
      assertThat(live).as("so much that it matters").isGreaterThan(bench.budgetBytes / 3);
      assertThat(bench.pipeline.floor().budget().leased()).isGreaterThanOrEqualTo(live);
      go.countDown();
      bench.assertAllOk(results.get(), regions);
    }
  }

  @Test
  void windowsOfOneImageThatAreDecodedAtOnceAreAllLeased() throws Exception {
    CountDownLatch go = bench.gate();
    bench.decoder.hook = (image, window) -> hold(go);
    bench.decoder.bytesAPixel = 10_000;
    bench.budgetBytes = 16 << 20;
    // So far apart that one window for both would cost more.
    String uri = bench.image(FakeImage.of(1, 4_000, 4_000));
    List<Region> regions =
        List.of(
            new Region(0, uri, 0, new Box(0, 0, Bench.SIDE, Bench.SIDE)),
            new Region(1, uri, 0, new Box(3_900, 3_900, Bench.SIDE, Bench.SIDE)));
    try (bench) {
      bench.start();
      Future<List<RegionResult>> results = bench.runAside(regions);
      await().until(() -> bench.decoder.decodes.get() == 2);
      assertThat(bench.decoder.liveBytes).hasValue(2 * 10_000L * Bench.SIDE * Bench.SIDE);
      assertThat(bench.pipeline.floor().budget().leased())
          .isGreaterThanOrEqualTo(bench.decoder.liveBytes.get());
      go.countDown();
      bench.assertAllOk(results.get(), regions);
    }
  }

  @Test
  void copiesWithABorderAreLeased() throws Exception {
    CountDownLatch go = bench.gate();
    bench.decoder.hook = (image, window) -> hold(go);
    bench.boxOutside = BoxOutside.PAD;
    bench.budgetBytes = 16 << 20;
    bench.filling =
        new Filling.Resize(new SlotSpec(Bench.SIDE, Bench.SIDE, 3, SlotSpec.Type.FLOAT32));
    String uri = bench.image(FakeImage.of(1, Bench.SIDE, Bench.SIDE));
    List<Region> regions = List.of(new Region(0, uri, 0, new Box(-500, -500, 1_000, 1_000)));
    try (bench) {
      bench.start();
      Future<List<RegionResult>> results = bench.runAside(regions);
      await().until(() -> bench.decoder.decodes.get() == 1);
      assertThat(bench.pipeline.floor().budget().leased())
          .as("the copy is made once the decode is done")
          .isGreaterThanOrEqualTo(1_000L * 1_000 * 3);
      go.countDown();
      assertThat(results.get()).singleElement().isInstanceOf(RegionResult.Ok.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void asManyRunsAreInFlightAsWereAskedFor(int inFlight) {
    bench.inFlight = inFlight;
    var begun = new CountDownLatch(inFlight);
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    List<Region> regions = bench.singles(60);
    try (bench) {
      bench.start();
      bench.predictor.hook =
          (buffer, first, count) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            begun.countDown();
            hold(begun); // the first ones wait for each other
            running.decrementAndGet();
          };
      bench.assertAllOk(bench.run(regions), regions);
    }
    assertThat(begun.getCount()).isZero();
    assertThat(most).hasValue(inFlight);
  }

  private static long pixels(int slots) {
    return 3L * Bench.SIDE * Bench.SIDE * slots;
  }

  private static void hold(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
