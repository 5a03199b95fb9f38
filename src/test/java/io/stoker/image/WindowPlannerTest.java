package io.stoker.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.region.Box;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class WindowPlannerTest {
  private static final ImageHeader BASELINE = new ImageHeader("jpeg", 4000, 3000, 3, true, true);
  private static final ImageHeader PROGRESSIVE =
      new ImageHeader("jpeg", 4000, 3000, 3, false, false);
  private static final DecodeCost COST = DecodeCost.of(BASELINE, 3_500_000);
  private static final ToLongFunction<Box> PIXELS = window -> window.area() * 3;

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void everyBoxIsServedOnceByAJobThatHoldsItOrIsTooLarge(long seed) {
    var random = new Random(seed);
    List<Box> boxes = boxes(random);
    long maxBytes = 1_000L << random.nextInt(16);
    WindowPlan plan = WindowPlanner.plan(cost(random), boxes, PIXELS, maxBytes);

    var served = new ArrayList<>(plan.tooLarge());
    plan.tooLarge()
        .forEach(i -> assertThat(PIXELS.applyAsLong(boxes.get(i))).isGreaterThan(maxBytes));
    for (WindowPlan.Job job : plan.jobs()) {
      assertThat(Box.whole(4000, 3000).contains(job.window())).isTrue();
      assertThat(PIXELS.applyAsLong(job.window())).isLessThanOrEqualTo(maxBytes);
      assertThat(job.boxes()).isSorted().isNotEmpty();
      job.boxes().forEach(i -> assertThat(job.window().contains(boxes.get(i))).isTrue());
      served.addAll(job.boxes());
    }
    assertThat(served)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, boxes.size()).boxed().toList());
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void noPlanCostsMoreThanEachAloneOrAllAtOnce(long seed) {
    var random = new Random(seed);
    List<Box> boxes = boxes(random);
    DecodeCost cost = cost(random);
    double planned = WindowPlanner.plan(cost, boxes, PIXELS, Long.MAX_VALUE).nanos(cost);

    double alone = boxes.stream().mapToDouble(cost::nanos).sum();
    assertThat(planned).isLessThanOrEqualTo(alone * (1 + 1e-9));
    assertThat(planned).isLessThanOrEqualTo(cost.nanos(Box.whole(4000, 3000)) * (1 + 1e-9));
  }

  @Test
  void aFewBoxesAtTheTopAreNotDecodedWithTheRestOfTheImage() {
    var top = new Box(0, 0, 224, 224);
    var bottom = new Box(3000, 2700, 224, 224);
    WindowPlan plan = WindowPlanner.plan(COST, List.of(bottom, top), PIXELS, Long.MAX_VALUE);
    assertThat(plan.jobs())
        .containsExactly(
            new WindowPlan.Job(top, List.of(1)), new WindowPlan.Job(bottom, List.of(0)));
  }

  @Test
  void theBoxesOfARowShareOneStrip() {
    List<Box> row = IntStream.range(0, 17).mapToObj(i -> new Box(i * 224, 1500, 224, 224)).toList();
    WindowPlan plan = WindowPlanner.plan(COST, row, PIXELS, Long.MAX_VALUE);
    assertThat(plan.jobs()).hasSize(1);
    assertThat(plan.jobs().get(0).window()).isEqualTo(new Box(0, 1500, 17 * 224, 224));
  }

  @Test
  void aGridOverTheImageIsDecodedOnce() {
    WindowPlan plan = WindowPlanner.plan(COST, grid(), PIXELS, Long.MAX_VALUE);
    assertThat(plan.jobs()).hasSize(1);
  }

  @Test
  void aGridIsDecodedByStripsWhereMemoryIsLow() {
    long maxBytes = 3L * 4000 * 700;
    WindowPlan plan = WindowPlanner.plan(COST, grid(), PIXELS, maxBytes);
    // 13 rows of boxes, of which three fit.
    assertThat(plan.tooLarge()).isEmpty();
    assertThat(plan.jobs()).hasSize(5);
  }

  @Test
  void aFileThatIsAlwaysDecodedWholeIsDecodedOnce() {
    DecodeCost cost = DecodeCost.of(PROGRESSIVE, 3_500_000);
    var boxes = List.of(new Box(0, 0, 10, 10), new Box(3900, 2900, 10, 10));
    WindowPlan plan = WindowPlanner.plan(cost, boxes, PIXELS, Long.MAX_VALUE);
    assertThat(plan.jobs()).hasSize(1);
  }

  @Test
  void whatDoesNotFitAloneIsTooLargeAndTheRestIsServed() {
    var boxes = List.of(new Box(0, 0, 1000, 1000), new Box(5, 5, 10, 10));
    WindowPlan plan = WindowPlanner.plan(COST, boxes, PIXELS, 1_000);
    assertThat(plan.tooLarge()).containsExactly(0);
    assertThat(plan.jobs()).containsExactly(new WindowPlan.Job(boxes.get(1), List.of(1)));
    assertThat(WindowPlanner.plan(COST, boxes, PIXELS, 1).jobs()).isEmpty();
    assertThat(WindowPlanner.plan(COST, List.of(), PIXELS, 1))
        .isEqualTo(new WindowPlan(List.of(), List.of()));
  }

  @Test
  void aHundredThousandBoxesArePlanned() {
    var random = new Random(1);
    List<Box> boxes =
        IntStream.range(0, 100_000)
            .mapToObj(i -> new Box(random.nextInt(3_700), random.nextInt(2_700), 224, 224))
            .toList();
    assertThat(WindowPlanner.plan(COST, boxes, PIXELS, Long.MAX_VALUE).jobs()).hasSize(1);
    assertThat(WindowPlanner.plan(COST, boxes, PIXELS, 3L * 4000 * 700).tooLarge()).isEmpty();
  }

  private static List<Box> grid() {
    var boxes = new ArrayList<Box>();
    for (int y = 0; y + 224 <= 3000; y += 224) {
      for (int x = 0; x + 224 <= 4000; x += 224) {
        boxes.add(new Box(x, y, 224, 224));
      }
    }
    return boxes;
  }

  private static List<Box> boxes(Random random) {
    int count = 1 + random.nextInt(random.nextBoolean() ? 5 : 300);
    int side = 1 + random.nextInt(1_000);
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              int width = 1 + random.nextInt(side);
              int height = 1 + random.nextInt(side);
              return new Box(
                  random.nextInt(4000 - width + 1),
                  random.nextInt(3000 - height + 1),
                  width,
                  height);
            })
        .toList();
  }

  private static DecodeCost cost(Random random) {
    ImageHeader header = random.nextInt(4) == 0 ? PROGRESSIVE : BASELINE;
    return DecodeCost.of(header, 10_000 + random.nextInt(10_000_000));
  }

  static LongStream seeds() {
    Long seed = Long.getLong("stoker.seed");
    return seed == null ? LongStream.range(0, 100) : LongStream.of(seed);
  }
}
