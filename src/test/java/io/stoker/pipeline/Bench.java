package io.stoker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.iterator.Ticker;
import io.stoker.region.Box;
import io.stoker.region.Failure;
import io.stoker.region.Region;
import io.stoker.region.RegionResult;
import io.stoker.region.SlotSpec;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;

/**
 * A pipeline over fakes, with small images of 8x8 slots. Closing it proves that nothing is left: no
 * thread, file, decoder, pixel, buffer or lease.
 */
@NullUnmarked // fields are set by start()
final class Bench implements AutoCloseable {
  static final int SIDE = 8;
  static final SlotSpec SLOT = new SlotSpec(SIDE, SIDE, 3, SlotSpec.Type.UINT8);

  static {
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(Duration.ofMillis(1));
  }

  final FakeStorage storage = new FakeStorage();
  final FakeDecoder decoder = new FakeDecoder();
  final ManualAlarms alarms = new ManualAlarms();
  final Map<String, FakeImage> images = new HashMap<>();

  // What a test may set before start().
  int batch = 4;
  int decodeThreads = 2;
  int fetchThreads = 2;
  KnobRange knobs; // null: fixed
  int inFlight = 1;
  int maxTasks = 2;
  int fixedBatch;
  boolean takesFewer;
  int maxBuffers = Integer.MAX_VALUE;
  long budgetBytes = 1 << 20;
  int window; // 0: as it comes
  long seed;
  BoxOutside boxOutside = BoxOutside.FAIL;
  long maxPixels = PipelineOptions.DEFAULT_MAX_PIXELS;
  List<String> allowedUris = List.of();
  Filling filling = new Filling.Copy(SLOT);
  Ticker ticker = Ticker.SYSTEM;

  FakePredictor predictor;
  Pipeline pipeline;
  private final List<CountDownLatch> gates = new ArrayList<>();
  private final ExecutorService tasks = Executors.newCachedThreadPool();

  Bench start() {
    predictor = new FakePredictor(filling.slot().bytes(), fixedBatch, seed);
    predictor.maxBuffers = maxBuffers;
    predictor.takesFewer = takesFewer;
    var options =
        new PipelineOptions(
            batch,
            knobs != null ? knobs : KnobRange.fixed(decodeThreads, fetchThreads),
            inFlight,
            1L << 40,
            maxTasks,
            boxOutside,
            maxPixels,
            Duration.ofSeconds(7),
            1,
            allowedUris);
    MemoryPlan plan = MemoryPlan.of(options, filling, fixedBatch);
    int chosen = window == 0 ? plan.window() : window;
    pipeline =
        Pipeline.start(
            options,
            new MemoryPlan(
                plan.buffers(),
                plan.ringBytes(),
                plan.scratchBytes(),
                chosen,
                plan.outputBytes(),
                budgetBytes),
            predictor,
            List.of(decoder),
            storage,
            filling,
            ticker,
            alarms);
    return this;
  }

  /** Adds an image file and gives its URI. */
  String image(FakeImage image) {
    String uri = "mem:/" + images.size() + ".fake";
    images.put(uri, image);
    storage.files.put(uri, image.encoded());
    return uri;
  }

  /** Regions of one slot's size, each on an image of its own. */
  List<Region> singles(int count) {
    var regions = new ArrayList<Region>();
    for (int i = 0; i < count; i++) {
      String uri = image(FakeImage.of(images.size(), SIDE, SIDE));
      regions.add(new Region(i, uri, 0, Box.whole(SIDE, SIDE)));
    }
    return regions;
  }

  /** What must come out of a region that is copied. */
  long expected(Region region) {
    FakeImage image = images.get(region.uri());
    Box box = region.box() == null ? Box.whole(image.width(), image.height()) : region.box();
    return FakeImage.answer(ByteBuffer.wrap(image.pixels(box)));
  }

  void assertOk(RegionResult result, Region region) {
    assertThat(result.region()).isEqualTo(region);
    assertThat(result).isInstanceOf(RegionResult.Ok.class);
    long[] values = (long[]) ((RegionResult.Ok) result).outputs().get(0).values();
    assertThat(values[0]).as(region::toString).isEqualTo(expected(region));
  }

  void assertAllOk(List<RegionResult> results, List<Region> regions) {
    assertThat(results).hasSameSizeAs(regions);
    for (int i = 0; i < regions.size(); i++) {
      assertOk(results.get(i), regions.get(i));
    }
  }

  static Failure failure(RegionResult result) {
    assertThat(result).isInstanceOf(RegionResult.Failed.class);
    return ((RegionResult.Failed) result).failure();
  }

  /** Runs a task to its end in this thread. */
  List<RegionResult> run(List<Region> regions) {
    try (PipelineTask task = pipeline.open(regions.iterator(), true)) {
      return drain(task);
    }
  }

  static List<RegionResult> drain(Iterator<RegionResult> task) {
    var results = new ArrayList<RegionResult>();
    task.forEachRemaining(results::add);
    return results;
  }

  /** Runs a task to its end in a thread of its own. */
  Future<List<RegionResult>> runAside(List<Region> regions) {
    return tasks.submit(() -> run(regions));
  }

  <T> Future<T> aside(Callable<T> work) {
    return tasks.submit(work);
  }

  /** A latch that is opened by closing, lest a failed test hangs. */
  CountDownLatch gate() {
    var gate = new CountDownLatch(1);
    gates.add(gate);
    return gate;
  }

  /** Until nothing is under way: as it must be soon after the last task was closed. */
  void awaitQuiet() {
    await()
        .untilAsserted(
            () -> {
              assertThat(pipeline.floor().ring().clients()).isZero();
              assertThat(pipeline.floor().ring().pendingRegions()).isZero();
              assertThat(pipeline.floor().budget().leased()).isZero();
              assertThat(pipeline.floor().budget().waiting()).isZero();
              assertThat(pipeline.floor().toFetch().size()).isZero();
              assertThat(pipeline.floor().toDecode().size()).isZero();
              assertThat(pipeline.floor().ring().freeBuffers()).isEqualTo(inFlight + 2);
              assertThat(decoder.openImages).hasValue(0);
              assertThat(decoder.liveBytes).hasValue(0);
              assertThat(storage.openFiles).hasValue(0);
            });
  }

  @Override
  public void close() {
    gates.forEach(CountDownLatch::countDown);
    tasks.shutdownNow();
    pipeline.close(); // throws if a lease leaked
    assertThat(predictor.openBuffers).hasValue(0);
    assertThat(predictor.held).hasValue(0);
    predictor.close();
    assertThat(predictor.violations).isEmpty();
    assertThat(decoder.openWorkers).hasValue(0);
    assertThat(decoder.openImages).hasValue(0);
    assertThat(storage.openFiles).hasValue(0);
    assertThat(pipeline.floor().budget().peak()).isLessThanOrEqualTo(budgetBytes);
    assertThat(decoder.peakLiveBytes.get()).isLessThanOrEqualTo(budgetBytes);
    await().until(() -> threads().isEmpty());
  }

  /** The pipeline's threads that are alive. */
  static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("stoker-"))
        .sorted()
        .toList();
  }
}
