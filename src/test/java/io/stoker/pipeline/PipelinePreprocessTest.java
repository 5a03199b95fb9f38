package io.stoker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoker.image.Resizer;
import io.stoker.region.Box;
import io.stoker.region.Failure;
import io.stoker.region.Pixels;
import io.stoker.region.Region;
import io.stoker.region.RegionLoader;
import io.stoker.region.RegionResult;
import io.stoker.region.RegionTransform;
import io.stoker.region.SlotSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How slots are made of pixels: by copying, resizing, or the user's code. */
@Timeout(
    value = 30,
    threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a hang must not hang the build
final class PipelinePreprocessTest {
  private static final SlotSpec FLOATS = new SlotSpec(4, 4, 3, SlotSpec.Type.FLOAT32);

  private final Bench bench = new Bench();
  private final AtomicInteger open = new AtomicInteger();

  /** Writes the first pixel's values, and leaves the rest of the slot alone. */
  private final class FirstPixel implements RegionTransform {
    private final Thread owner = Thread.currentThread();

    FirstPixel() {
      open.incrementAndGet();
    }

    @Override
    public SlotSpec slot() {
      return Bench.SLOT;
    }

    @Override
    public void transform(Region region, Pixels pixels, ByteBuffer slot) {
      assertThat(Thread.currentThread()).isSameAs(owner);
      assertThat(slot.remaining()).isEqualTo(Bench.SLOT.bytes());
      assertThat(pixels.data().isReadOnly()).isTrue();
      if (region.id() % 7 == 3) {
        slot.put(new byte[20]);
        throw region.id() % 2 == 0 ? new IllegalStateException("no " + region.id()) : recursion();
      }
      for (int channel = 0; channel < 3; channel++) {
        slot.put((byte) pixels.value(0, 0, channel));
      }
    }

    private RuntimeException recursion() {
      throw new StackOverflowError("no");
    }

    @Override
    public void close() {
      open.decrementAndGet();
    }
  }

  private static long firstPixel(FakeImage image, Box box) {
    var slot = new byte[Bench.SLOT.bytes()];
    System.arraycopy(image.pixels(new Box(box.x(), box.y(), 1, 1)), 0, slot, 0, 3);
    return FakeImage.answer(ByteBuffer.wrap(slot));
  }

  @Test
  void aTransformSeesEachRegionsPixelsAndAZeroedSlotAndFailsAlone() {
    bench.filling = new Filling.Transform(Bench.SLOT, FirstPixel::new);
    FakeImage image = FakeImage.of(5, 50, 50);
    String uri = bench.image(image);
    var regions = new ArrayList<Region>();
    for (int i = 0; i < 40; i++) {
      regions.add(new Region(i, uri, 0, new Box(i, 40 - i, 1 + i % 10, 1 + i % 7)));
    }
    try (bench) {
      bench.start();
      List<RegionResult> results = bench.run(regions);
      for (Region region : regions) {
        RegionResult result = results.get((int) region.id());
        if (region.id() % 7 == 3) {
          assertThat(Bench.failure(result).reason()).isEqualTo(Failure.Reason.TRANSFORM);
          assertThat(Bench.failure(result).detail()).contains("no");
        } else {
          long[] answer = (long[]) ((RegionResult.Ok) result).outputs().get(0).values();
          assertThat(answer[0]).isEqualTo(firstPixel(image, Objects.requireNonNull(region.box())));
        }
      }
      assertThat(open).hasValue(bench.decodeThreads);
    }
    assertThat(open).hasValue(0);
  }

  @Test
  void aTransformThatCannotBeBuiltBreaksThePipeline() {
    bench.filling =
        new Filling.Transform(
            Bench.SLOT,
            () -> {
              throw new IllegalStateException("no constructor");
            });
    try (bench) {
      bench.start();
      assertThatThrownBy(() -> bench.run(bench.singles(3)))
          .isInstanceOf(PipelineException.class)
          .hasMessageContaining("no constructor");
    }
  }

  /** Loads a slot of the region's id, from nowhere. */
  private final class IdLoader implements RegionLoader {
    @Override
    public SlotSpec slot() {
      return Bench.SLOT;
    }

    @Override
    public void load(Region region, ByteBuffer slot) throws InterruptedException {
      if (region.uri().equals("hang")) {
        open.incrementAndGet();
        try {
          new CountDownLatch(1).await();
        } finally {
          open.decrementAndGet();
        }
      }
      slot.putLong(region.id());
    }
  }

  @Test
  void aLoaderReplacesReadingAndDecoding() {
    bench.filling = new Filling.Load(Bench.SLOT, IdLoader::new);
    var regions = new ArrayList<Region>();
    for (int i = 0; i < 30; i++) {
      regions.add(new Region(i, "one and the same", 0, null));
    }
    try (bench) {
      bench.start();
      List<RegionResult> results = bench.run(regions);
      for (int i = 0; i < 30; i++) {
        var slot = ByteBuffer.allocate(Bench.SLOT.bytes()).order(ByteOrder.nativeOrder());
        long expected = FakeImage.answer(slot.putLong(0, i));
        long[] answer = (long[]) ((RegionResult.Ok) results.get(i)).outputs().get(0).values();
        assertThat(answer[0]).isEqualTo(expected);
      }
      assertThat(bench.decoder.decodes).hasValue(0);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void userCodeThatHangsFailsItsRegionAndTheRestGoesOn(boolean loader) throws Exception {
    bench.decodeThreads = 1;
    bench.filling =
        loader
            ? new Filling.Load(Bench.SLOT, IdLoader::new)
            : new Filling.Transform(Bench.SLOT, HangsAtTwo::new);
    String one = bench.image(FakeImage.of(5, 8, 8));
    var regions = new ArrayList<Region>();
    for (int i = 0; i < 9; i++) {
      // Of the transform the first five are of one image, decoded together.
      String uri = i < 5 ? one : bench.image(FakeImage.of(50 + i, 8, 8));
      regions.add(new Region(i, i == 2 && loader ? "hang" : uri, 0, null));
    }
    try (bench) {
      bench.start();
      Future<List<RegionResult>> results = bench.runAside(regions);
      await().until(() -> open.get() == 1); // in the only thread, so that the only alarm is its
      bench.alarms.goOff();

      for (int i = 0; i < 9; i++) {
        if (i == 2) {
          Failure failure = Bench.failure(results.get().get(i));
          assertThat(failure.reason()).isEqualTo(Failure.Reason.TRANSFORM);
          assertThat(failure.detail()).contains("PT7S");
        } else {
          assertThat(results.get().get(i)).isInstanceOf(RegionResult.Ok.class);
        }
      }
      await().until(() -> open.get() == 0); // it was interrupted
      bench.awaitQuiet();
      assertThat(bench.pipeline.isBroken()).isFalse();
    }
  }

  /** Waits for ever over region 2. */
  private final class HangsAtTwo implements RegionTransform {
    @Override
    public SlotSpec slot() {
      return Bench.SLOT;
    }

    @Override
    public void transform(Region region, Pixels pixels, ByteBuffer slot) throws Exception {
      if (region.id() == 2) {
        new IdLoader().load(new Region(2, "hang", 0, null), slot);
      }
    }
  }

  @Test
  void aLoaderThatWaitsIsInterruptedByItsTasksEnd() {
    bench.filling = new Filling.Load(Bench.SLOT, IdLoader::new);
    List<Region> regions = List.of(new Region(0, "hang", 0, null), new Region(1, "hang", 0, null));
    try (bench) {
      bench.start();
      try (PipelineTask task = bench.pipeline.open(regions.iterator(), true)) {
        assertThat(task.hasNext()).isTrue();
        await().until(() -> open.get() == 2);
      }
      await().until(() -> open.get() == 0);
      bench.awaitQuiet();
      assertThat(bench.run(List.of(new Region(2, "x", 0, null))).get(0))
          .isInstanceOf(RegionResult.Ok.class);
    }
  }

  @ParameterizedTest
  @EnumSource(BoxOutside.class)
  void resizingSeesTheBoxAsTheRuleLeavesIt(BoxOutside rule) {
    bench.filling = new Filling.Resize(FLOATS);
    bench.boxOutside = rule;
    FakeImage image = FakeImage.of(5, 40, 30);
    String uri = bench.image(image);
    // The second reaches over the right border by 4 columns.
    var regions =
        List.of(
            new Region(0, uri, 0, new Box(3, 5, 8, 8)),
            new Region(1, uri, 0, new Box(36, 0, 8, 8)),
            new Region(2, uri, 0, null));
    try (bench) {
      bench.start();
      List<RegionResult> results = bench.run(regions);
      assertThat(answer(results.get(0))).isEqualTo(resized(image, new Box(3, 5, 8, 8)));
      assertThat(answer(results.get(2))).isEqualTo(resized(image, Box.whole(40, 30)));
      switch (rule) {
        case FAIL ->
            assertThat(Bench.failure(results.get(1)).reason())
                .isEqualTo(Failure.Reason.BOX_OUTSIDE_IMAGE);
        case CLAMP ->
            assertThat(answer(results.get(1))).isEqualTo(resized(image, new Box(36, 0, 4, 8)));
        case PAD ->
            assertThat(answer(results.get(1))).isEqualTo(resized(image, new Box(36, 0, 8, 8)));
      }
    }
  }

  private static long answer(RegionResult result) {
    return ((long[]) ((RegionResult.Ok) result).outputs().get(0).values())[0];
  }

  private static long resized(FakeImage image, Box box) {
    var data = ByteBuffer.wrap(image.pixels(box));
    var slot = ByteBuffer.allocate(FLOATS.bytes()).order(ByteOrder.nativeOrder());
    var pixels = new Pixels(box.width(), box.height(), 3, box.width() * 3, data, 0);
    new Resizer(FLOATS.height(), FLOATS.width()).resize(pixels, slot);
    return FakeImage.answer(slot);
  }

  @Test
  void batchesAreOfTheSlotsThatTheFillingMakes() {
    var options =
        new PipelineOptions(
            2,
            KnobRange.fixed(1, 1),
            1,
            1L << 30,
            1,
            BoxOutside.FAIL,
            1L << 20,
            Duration.ofSeconds(1),
            1,
            List.of());
    assertThatThrownBy(
            () ->
                Pipeline.start(
                    options,
                    new FakePredictor(5, 0, 0),
                    List.of(bench.decoder),
                    bench.storage,
                    bench.filling))
        .hasMessageContaining("192 bytes, the predictor's slot has 5");
    assertThatThrownBy(
            () ->
                Pipeline.start(
                    options,
                    new FakePredictor(192, 3, 0),
                    List.of(bench.decoder),
                    bench.storage,
                    bench.filling))
        .hasMessage("batch is 2, expected the model's own batch of 3");
  }
}
