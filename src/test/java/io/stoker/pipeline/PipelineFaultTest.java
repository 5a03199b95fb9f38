package io.stoker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoker.image.ImageException;
import io.stoker.model.PredictException;
import io.stoker.region.Box;
import io.stoker.region.Failure;
import io.stoker.region.Failure.Reason;
import io.stoker.region.Region;
import io.stoker.region.RegionResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A fault at every stage fails what it must, and nothing else. */
@Timeout(
    value = 30,
    threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a hang must not hang the build
final class PipelineFaultTest {
  private final Bench bench = new Bench();

  /** The bad region stands among good ones, which must come out as ever. */
  private Failure failureAmongGoodOnes(Region bad) {
    List<Region> regions = new ArrayList<>(bench.singles(9));
    regions.add(5, bad);
    List<RegionResult> results = bench.run(regions);
    assertThat(results).hasSize(10);
    for (int i = 0; i < 10; i++) {
      if (i != 5) {
        bench.assertOk(results.get(i), regions.get(i));
      }
    }
    bench.awaitQuiet();
    assertThat(results.get(5).region()).isEqualTo(bad);
    return Bench.failure(results.get(5));
  }

  private Region region(FakeImage image, Box box) {
    return new Region(99, bench.image(image), 0, box);
  }

  private Region slotOf(FakeImage image) {
    return region(image, Box.whole(Bench.SIDE, Bench.SIDE));
  }

  // ---- What decoders should not do

  @Test
  void aParserThatBreaksFailsItsImage() {
    bench.decoder.brokenHeaderOfSeed = 77;
    try (bench) {
      bench.start();
      Failure failure = failureAmongGoodOnes(slotOf(FakeImage.of(77, 8, 8)));
      assertThat(failure.reason()).isEqualTo(Reason.CORRUPT);
      assertThat(failure.detail()).contains("a bug in the parser");
      assertThat(bench.pipeline.isBroken()).isFalse();
    }
  }

  @Test
  void pixelsOfAnotherWindowFailTheirRegions() {
    bench.decoder.otherWindowOfSeed = 77;
    try (bench) {
      bench.start();
      Failure failure = failureAmongGoodOnes(slotOf(FakeImage.of(77, 8, 8)));
      assertThat(failure.reason()).isEqualTo(Reason.CORRUPT);
      assertThat(failure.detail()).contains("no pixels of the box");
      assertThat(bench.pipeline.isBroken()).isFalse();
    }
  }

  @Test
  void aWorkerThatCannotBeMadeFailsOneImage() {
    bench.decoder.brokenWorkers.set(1);
    List<Region> regions = bench.singles(20);
    try (bench) {
      bench.start();
      List<RegionResult> results = bench.run(regions);
      List<RegionResult> failed =
          results.stream().filter(result -> result instanceof RegionResult.Failed).toList();
      assertThat(failed).hasSize(1);
      assertThat(Bench.failure(failed.get(0)).detail()).contains("no worker to be had");
      bench.assertAllOk(bench.run(regions), regions);
    }
  }

  @Test
  void noMemoryForPixelsEndsTheTaskButNotThePipeline() {
    bench.decoder.noMemoryForSeed = 77;
    List<Region> good = bench.singles(9);
    List<Region> all = new ArrayList<>(good);
    all.add(slotOf(FakeImage.of(77, 8, 8)));
    try (bench) {
      bench.start();
      assertThatThrownBy(() -> bench.run(all)).isInstanceOf(OutOfMemoryError.class);
      bench.awaitQuiet();
      bench.assertAllOk(bench.run(good), good);
    }
  }

  @Test
  void noMemoryForAFileEndsTheTaskButNotThePipeline() {
    List<Region> good = bench.singles(9);
    Region bad = slotOf(FakeImage.of(77, 8, 8));
    List<Region> all = new ArrayList<>(good);
    all.add(bad);
    bench.storage.hook =
        (uri, operation) -> {
          if (uri.equals(bad.uri()) && operation.equals("read")) {
            throw new OutOfMemoryError("as a test wants it");
          }
        };
    try (bench) {
      bench.start();
      assertThatThrownBy(() -> bench.run(all)).isInstanceOf(OutOfMemoryError.class);
      bench.awaitQuiet();
      bench.assertAllOk(bench.run(good), good);
    }
  }

  @Test
  void regionsThatCannotBeReadEndTheirTask() {
    List<Region> good = bench.singles(9);
    try (bench) {
      bench.start();
      Iterator<Region> breaking =
          Stream.concat(
                  good.stream(),
                  Stream.generate(
                      () -> {
                        throw new IllegalArgumentException("the input is broken");
                      }))
              .iterator();
      try (PipelineTask task = bench.pipeline.open(breaking, true)) {
        assertThatThrownBy(() -> Bench.drain(task)).hasMessage("the input is broken");
      }
      bench.awaitQuiet();
      bench.assertAllOk(bench.run(good), good);
    }
  }

  // ---- Read

  @Test
  void aMissingFileIsNotFound() {
    try (bench) {
      bench.start();
      Failure failure = failureAmongGoodOnes(new Region(99, "mem:/gone", 0, null));
      assertThat(failure.reason()).isEqualTo(Reason.NOT_FOUND);
      assertThat(failure.detail()).contains("mem:/gone");
    }
  }

  @Test
  void aFileThatMayNotBeReadIsDenied() {
    bench.storage.hook =
        (uri, operation) -> {
          if (uri.equals("mem:/secret")) {
            throw new AccessDeniedException(uri);
          }
        };
    try (bench) {
      bench.start();
      Failure failure = failureAmongGoodOnes(new Region(99, "mem:/secret", 0, null));
      assertThat(failure.reason()).isEqualTo(Reason.DENIED);
    }
  }

  @Test
  void aUriOutsideTheAllowedOnesIsNeverOpened() {
    bench.storage.hook =
        (uri, operation) -> {
          if (uri.startsWith("other")) {
            throw new AssertionError("opened");
          }
        };
    bench.allowedUris = List.of("mem:/");
    try (bench) {
      bench.start();
      Failure failure = failureAmongGoodOnes(new Region(99, "other:/x", 0, null));
      assertThat(failure.reason()).isEqualTo(Reason.NOT_ALLOWED);
      assertThat(failure.detail()).contains("--allow-uri");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"open", "read"})
  void brokenStorageFailsTheTaskUnlessItIsTheLastAttempt(String operation) {
    List<Region> regions = bench.singles(20);
    bench.storage.hook =
        (uri, at) -> {
          if (uri.equals(regions.get(10).uri()) && at.equals(operation)) {
            throw new IOException("connection reset");
          }
        };
    try (bench) {
      bench.start();
      assertThatThrownBy(
              () -> {
                try (PipelineTask task = bench.pipeline.open(regions.iterator(), false)) {
                  Bench.drain(task);
                }
              })
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(regions.get(10).uri())
          .hasMessageContaining("connection reset");
      bench.awaitQuiet();

      List<RegionResult> last = bench.run(regions);
      assertThat(Bench.failure(last.get(10)).reason()).isEqualTo(Reason.IO);
      bench.assertOk(last.get(9), regions.get(9));
      bench.assertOk(last.get(19), regions.get(19));
      assertThat(bench.pipeline.isBroken()).isFalse();
    }
  }

  @Test
  void aFileThatOnlyFailsToCloseIsFine() {
    List<Region> regions = bench.singles(8);
    bench.storage.hook =
        (uri, operation) -> {
          if (operation.equals("close")) {
            throw new IOException("late");
          }
        };
    try (bench) {
      bench.start();
      bench.assertAllOk(bench.run(regions), regions);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"open", "read"})
  void whatAFileSystemThrowsUncheckedCountsAsBrokenStorage(String operation) {
    Region odd = slotOf(FakeImage.of(77, Bench.SIDE, Bench.SIDE));
    bench.storage.hook =
        (uri, at) -> {
          if (uri.equals(odd.uri()) && at.equals(operation)) {
            throw new IllegalArgumentException("odd");
          }
        };
    try (bench) {
      bench.start();
      Failure failure = failureAmongGoodOnes(odd);
      assertThat(failure.reason()).isEqualTo(Reason.IO);
      assertThat(failure.detail()).contains(odd.uri(), "odd");
      assertThat(bench.pipeline.isBroken()).isFalse();
    }
  }

  // ---- Header

  @Test
  void anEmptyFileIsTruncated() {
    bench.storage.files.put("mem:/empty", new byte[0]);
    try (bench) {
      bench.start();
      Failure failure = failureAmongGoodOnes(new Region(99, "mem:/empty", 0, null));
      assertThat(failure.reason()).isEqualTo(Reason.TRUNCATED);
    }
  }

  @Test
  void aFileThatNoDecoderKnowsIsNamedByItsFirstBytes() {
    bench.storage.files.put("mem:/text", new byte[] {'h', 'i'});
    try (bench) {
      bench.start();
      Failure failure = failureAmongGoodOnes(new Region(99, "mem:/text", 0, null));
      assertThat(failure.reason()).isEqualTo(Reason.UNKNOWN_FORMAT);
      assertThat(failure.detail()).endsWith("68 69");
    }
  }

  @Test
  void aHeaderBehindLongMetadataIsFound() {
    Region region = slotOf(new FakeImage(3, Bench.SIDE, Bench.SIDE, true, 200_000, 300_000));
    try (bench) {
      bench.start();
      List<Region> regions = List.of(region);
      bench.assertAllOk(bench.run(regions), regions);
    }
  }

  @Test
  void aHeaderThatNeverComesIsTruncated() {
    var image = new FakeImage(3, Bench.SIDE, Bench.SIDE, true, 8, 64);
    Region region = slotOf(image);
    bench.storage.files.put(region.uri(), Arrays.copyOf(image.encoded(), 20));
    try (bench) {
      bench.start();
      assertThat(failureAmongGoodOnes(region).reason()).isEqualTo(Reason.TRUNCATED);
    }
  }

  @Test
  void tooManyPixelsFailUndecoded() {
    bench.maxPixels = 10_000;
    try (bench) {
      bench.start();
      Failure failure = failureAmongGoodOnes(slotOf(FakeImage.of(1, 101, 100)));
      assertThat(failure.reason()).isEqualTo(Reason.TOO_MANY_PIXELS);
      assertThat(failure.detail()).contains("101x100").contains("10,000");
    }
  }

  @Test
  void aPageThatIsNotThereFails() {
    Region first = slotOf(FakeImage.of(1, 20, 20));
    try (bench) {
      bench.start();
      assertThat(failureAmongGoodOnes(new Region(99, first.uri(), 1, first.box())).reason())
          .isEqualTo(Reason.NO_SUCH_PAGE);
    }
  }

  @ParameterizedTest
  @CsvSource({"FAIL, 1", "FAIL, 100", "CLAMP, 100", "PAD, 100"})
  void aBoxOutsideFailsByTheRuleAndAlwaysWithoutAPixelInside(BoxOutside rule, int x) {
    bench.boxOutside = rule;
    try (bench) {
      bench.start();
      var box = new Box(x, 0, Bench.SIDE, Bench.SIDE);
      assertThat(
              failureAmongGoodOnes(region(FakeImage.of(1, Bench.SIDE, Bench.SIDE), box)).reason())
          .isEqualTo(Reason.BOX_OUTSIDE_IMAGE);
    }
  }

  @Test
  void aBoxOfAnotherSizeFailsWhereAllMustHaveOne() {
    try (bench) {
      bench.start();
      Failure failure = failureAmongGoodOnes(region(FakeImage.of(1, 20, 20), new Box(0, 0, 9, 8)));
      assertThat(failure.reason()).isEqualTo(Reason.BAD_BOX);
    }
  }

  // ---- Memory

  @Test
  void anImageAboveTheBudgetIsDecodedByStrips() {
    bench.budgetBytes = 100 * 3 * 20;
    List<Region> regions = new ArrayList<>();
    String uri = bench.image(FakeImage.of(1, 100, 100));
    for (int y = 0; y <= 92; y += 4) {
      regions.add(new Region(y, uri, 0, new Box(0, y, Bench.SIDE, Bench.SIDE)));
      regions.add(new Region(y, uri, 0, new Box(92, y, Bench.SIDE, Bench.SIDE)));
    }
    try (bench) {
      bench.start();
      bench.assertAllOk(bench.run(regions), regions);
      assertThat(bench.decoder.decodes).hasValueGreaterThan(4);
      assertThat(bench.pipeline.report().opens()).isEqualTo(1);
    }
  }

  @Test
  void anImageThatFitsInNoWayFailsAndNamesTheFlag() {
    bench.budgetBytes = 5_000;
    try (bench) {
      bench.start();
      Failure failure = failureAmongGoodOnes(slotOf(new FakeImage(1, 100, 100, true, 8, 5_000)));
      assertThat(failure.reason()).isEqualTo(Reason.TOO_LARGE);
      assertThat(failure.detail()).contains("5,000").contains("--memory");
    }
  }

  // ---- Decode

  @ParameterizedTest
  @CsvSource({
    "ImageException, TRUNCATED",
    "RuntimeException, CORRUPT",
    "StackOverflowError, CORRUPT"
  })
  void whatADecoderThrowsFailsTheRegion(String thrown, Reason reason) {
    bench.decoder.hook =
        (image, window) -> {
          if (image.seed() == 77) {
            switch (thrown) {
              case "ImageException" -> throw new ImageException(Reason.TRUNCATED, "short");
              case "RuntimeException" -> throw new IllegalStateException("odd");
              default -> throw new StackOverflowError();
            }
          }
        };
    try (bench) {
      bench.start();
      assertThat(failureAmongGoodOnes(slotOf(FakeImage.of(77, 20, 20))).reason()).isEqualTo(reason);
    }
  }

  @Test
  void noMemoryLeftInTheJvmFailsTheTask() {
    List<Region> regions = bench.singles(10);
    bench.decoder.hook =
        (image, window) -> {
          if (image.seed() == 5) {
            throw new OutOfMemoryError("as told");
          }
        };
    try (bench) {
      bench.start();
      assertThatThrownBy(() -> bench.run(regions)).isInstanceOf(OutOfMemoryError.class);
      bench.awaitQuiet();
      assertThat(bench.pipeline.isBroken()).isFalse();
    }
  }

  @Test
  void aSlotThatCannotBeFilledIsAHole() {
    bench.decoder.shortPixelsOfSeed = 77;
    try (bench) {
      bench.start();
      Failure failure = failureAmongGoodOnes(slotOf(FakeImage.of(77, Bench.SIDE, Bench.SIDE)));
      assertThat(failure.reason()).isEqualTo(Reason.TRANSFORM);
    }
  }

  @Test
  void aHungDecodeIsWrittenOffAndTheRestGoesOn() throws Exception {
    bench.decodeThreads = 1;
    var go = bench.gate();
    Region hangs = slotOf(FakeImage.of(77, 20, 20));
    var hanging = new CountDownLatch(1);
    bench.decoder.hook =
        (image, window) -> {
          if (image.seed() == 77) {
            hanging.countDown();
            PipelineTest.awaitLatch(go);
          }
        };
    List<Region> regions = new ArrayList<>(bench.singles(9));
    regions.add(5, hangs);
    try (bench) {
      bench.start();
      Future<List<RegionResult>> results = bench.runAside(regions);
      hanging.await(); // in the only thread, so that the only alarm is its
      bench.alarms.goOff();

      Failure failure = Bench.failure(results.get().get(5));
      assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT);
      assertThat(failure.detail()).contains("PT7S");
      bench.assertOk(results.get().get(9), regions.get(9));
      assertThat(bench.pipeline.report().hungDecodes()).isEqualTo(1);
      assertThat(bench.pipeline.floor().budget().writtenOff()).isPositive();

      go.countDown(); // it comes back: nothing may be left, and nobody be answered twice
      bench.awaitQuiet();
      assertThat(bench.pipeline.floor().budget().writtenOff()).isZero();
      assertThat(bench.pipeline.isBroken()).isFalse();
      List<Region> more = bench.singles(8);
      bench.assertAllOk(bench.run(more), more);
    }
  }

  @Test
  void closingDoesNotWaitForADecodeThatWasWrittenOff() throws Exception {
    var go = bench.gate();
    bench.decoder.hook = (image, window) -> PipelineTest.awaitLatch(go);
    bench.start();
    Future<List<RegionResult>> results = bench.runAside(bench.singles(1));
    await().until(() -> bench.alarms.pending() == 1);
    bench.alarms.goOff();
    assertThat(Bench.failure(results.get().get(0)).reason()).isEqualTo(Reason.TIMEOUT);

    bench.pipeline.close();

    assertThat(bench.pipeline.floor().budget().writtenOff()).isPositive();
    go.countDown();
    await().until(() -> bench.pipeline.floor().budget().leased() == 0);
    await().until(() -> Bench.threads().isEmpty());
    bench.close();
  }

  @Test
  void tooManyHungDecodesBreakThePipeline() throws Exception {
    bench.decodeThreads = 4;
    var go = bench.gate();
    bench.decoder.hook = (image, window) -> PipelineTest.awaitLatch(go);
    try (bench) {
      bench.start();
      Future<List<RegionResult>> results = bench.runAside(bench.singles(8));
      await().until(() -> bench.alarms.pending() == 4);
      bench.alarms.goOff();
      assertThatThrownBy(results::get)
          .hasCauseInstanceOf(PipelineException.class)
          .hasMessageContaining("2 of 4 decode threads hang")
          .cause()
          .matches(e -> ((PipelineException) e).isProcessUnfit());
      assertThat(bench.pipeline.isBroken()).isTrue();
      go.countDown();
      bench.awaitQuiet();
    }
  }

  // ---- Predict

  @ParameterizedTest
  @ValueSource(ints = {0, 8})
  void aRegionThatTheModelRefusesFailsAlone(int fixedBatch) {
    bench.batch = 8;
    bench.fixedBatch = fixedBatch;
    List<Region> regions = bench.singles(40);
    var refused = List.of(3, 4, 20, 39);
    try (bench) {
      bench.start();
      refuse(refused.stream().map(i -> bench.expected(regions.get(i))).toList());
      List<RegionResult> results = bench.run(regions);
      for (int i = 0; i < regions.size(); i++) {
        if (refused.contains(i)) {
          Failure failure = Bench.failure(results.get(i));
          assertThat(failure.reason()).isEqualTo(Reason.MODEL);
          assertThat(failure.detail()).isEqualTo("{{node refuse}}");
        } else {
          bench.assertOk(results.get(i), regions.get(i));
        }
      }
      bench.awaitQuiet();
    }
  }

  private void refuse(List<Long> checksums) {
    bench.predictor.hook =
        (buffer, first, count) -> {
          for (int index = first; index < first + count; index++) {
            if (checksums.contains(buffer.checksum(index))) {
              throw new PredictException(PredictException.Kind.MODEL, "{{node refuse}}");
            }
          }
        };
  }

  @Test
  void batchesShrinkToWhatTheDeviceHasMemoryFor() {
    bench.batch = 8;
    List<Region> regions = bench.singles(160);
    try (bench) {
      bench.start();
      var refused = new AtomicInteger();
      bench.predictor.hook =
          (buffer, first, count) -> {
            if (count > 3) {
              refused.incrementAndGet();
              throw new PredictException(PredictException.Kind.OUT_OF_MEMORY, "no");
            }
          };
      bench.assertAllOk(bench.run(regions), regions);
      // Those that were full before it was known, and not every batch.
      assertThat(refused.get()).isLessThan(15);
    }
  }

  @Test
  void aRegionThatAloneIsTooMuchForTheDeviceFails() {
    try (bench) {
      bench.start();
      bench.predictor.hook =
          (buffer, first, count) -> {
            throw new PredictException(PredictException.Kind.OUT_OF_MEMORY, "no");
          };
      List<RegionResult> results = bench.run(bench.singles(10));
      assertThat(results)
          .allSatisfy(
              result -> assertThat(Bench.failure(result).reason()).isEqualTo(Reason.OUT_OF_MEMORY));
    }
  }

  @Test
  void aBrokenDeviceFailsEveryTaskAndSaysWhy() {
    List<Region> regions = bench.singles(40);
    try (bench) {
      bench.start();
      var bothOpen = new CountDownLatch(2);
      var runs = new AtomicInteger();
      bench.predictor.hook =
          (buffer, first, count) -> {
            PipelineTest.awaitLatch(bothOpen);
            if (runs.incrementAndGet() == 3) {
              throw new PredictException(PredictException.Kind.BROKEN, "session is gone");
            }
          };
      var tasks = new ArrayList<Future<Object>>();
      for (int i = 0; i < 2; i++) {
        tasks.add(
            bench.aside(
                () -> {
                  try (PipelineTask task = bench.pipeline.open(regions.iterator(), true)) {
                    bothOpen.countDown();
                    return Bench.drain(task);
                  }
                }));
      }
      for (Future<Object> task : tasks) {
        assertThatThrownBy(task::get)
            .hasCauseInstanceOf(PipelineException.class)
            .hasMessageContaining("the device is broken: session is gone");
      }
      assertThat(bench.pipeline.isBroken()).isTrue();
      assertThatThrownBy(() -> bench.pipeline.open(regions.iterator(), true))
          .isInstanceOf(PipelineException.class)
          .hasMessageContaining("session is gone");
      bench.awaitQuiet();
    }
  }

  @Test
  void anythingElseThatARunThrowsBreaksThePipeline() {
    try (bench) {
      bench.start();
      bench.predictor.hook =
          (buffer, first, count) -> {
            throw new IllegalStateException("odd");
          };
      assertThatThrownBy(() -> bench.run(bench.singles(10)))
          .isInstanceOf(PipelineException.class)
          .hasMessageContaining("odd");
      bench.awaitQuiet();
    }
  }

  // ---- The end

  @Test
  void aTaskThatIsClosedInItsReadReturnsAtOnceAndItsReadEnds() {
    List<Region> regions = bench.singles(10);
    var interrupted = new AtomicInteger();
    var reading = ConcurrentHashMap.<String>newKeySet();
    bench.storage.hook =
        (uri, operation) -> {
          if (operation.equals("read")) {
            reading.add(uri);
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.incrementAndGet();
              throw new IOException(e);
            }
          }
        };
    try (bench) {
      bench.start();
      try (PipelineTask task = bench.pipeline.open(regions.iterator(), false)) {
        assertThat(task.hasNext()).isTrue();
        await().until(() -> reading.size() == 2);
      }
      bench.awaitQuiet();
      assertThat(interrupted).hasValue(2);
      bench.storage.hook = (uri, operation) -> {};
      bench.assertAllOk(bench.run(regions), regions);
    }
  }

  @Test
  void aTaskThatIsClosedGivesNothingMore() {
    try (bench) {
      bench.start();
      PipelineTask task = bench.pipeline.open(bench.singles(3).iterator(), true);
      task.close();
      task.close();
      assertThatThrownBy(task::next).hasMessage("the task is closed");
    }
  }

  @Test
  void aTaskIsClosedWhileItsDecodeHangsWithoutWaiting() throws Exception {
    var go = bench.gate();
    bench.decoder.hook = (image, window) -> PipelineTest.awaitLatch(image.seed() < 2 ? go : null);
    List<Region> regions = bench.singles(10);
    bench.decodeThreads = 3;
    try (bench) {
      bench.start();
      try (PipelineTask task = bench.pipeline.open(regions.iterator(), true)) {
        assertThat(task.hasNext()).isTrue();
        await().until(() -> bench.alarms.pending() == 2);
      }
      List<Region> others = bench.singles(10);
      bench.assertAllOk(bench.run(others), others);
      assertThat(bench.pipeline.floor().budget().leased()).isPositive();
      go.countDown();
      bench.awaitQuiet();
    }
  }

  @Test
  void closingGivesUpOnAThreadThatDoesNotEndAndFreesNothingItMayTouch() {
    var go = bench.gate();
    var reading = new CountDownLatch(1);
    List<Region> regions = bench.singles(1);
    bench.storage.hook =
        (uri, operation) -> {
          if (operation.equals("read")) {
            reading.countDown();
            PipelineTest.awaitUninterruptibly(go);
          }
        };
    try (bench) {
      bench.start();
      try (PipelineTask task = bench.pipeline.open(regions.iterator(), true)) {
        assertThat(task.hasNext()).isTrue();
        PipelineTest.awaitUninterruptibly(reading);
      }

      assertThatThrownBy(() -> bench.pipeline.close(Duration.ofMillis(50)))
          .isInstanceOf(PipelineException.class)
          .hasMessageContaining("stoker-fetch-");
      assertThat(bench.predictor.openBuffers.get()).isPositive();
    } // and frees it once the thread has ended
  }

  @Test
  void aStartThatFailsFreesWhatItHasAllocated() {
    bench.fixedBatch = 4;
    bench.maxBuffers = 3; // the ring's, but not the one for single regions
    assertThatThrownBy(bench::start).isInstanceOf(OutOfMemoryError.class);
    assertThat(bench.predictor.allocated.get()).isPositive();
    assertThat(bench.predictor.openBuffers).hasValue(0);
    bench.predictor.close();
  }
}
