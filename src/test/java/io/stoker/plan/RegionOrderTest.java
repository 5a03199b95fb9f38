package io.stoker.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.region.Box;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class RegionOrderTest {
  private static final int BAND = SplitPlan.BAND_ROWS;

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void keysSortByBandThenByColumnAndTheWholePageComesFirst(long seed) {
    var random = new Random(seed);
    var boxes = new ArrayList<Box>();
    for (int i = 0; i < 1_000; i++) {
      boolean extreme = random.nextInt(4) == 0;
      int x = extreme ? random.nextInt() : random.nextInt(2_000) - 1_000;
      int y = extreme ? random.nextInt() : random.nextInt(2_000) - 1_000;
      boxes.add(new Box(x, y, 1, 1));
    }
    var expected = new ArrayList<>(boxes);
    expected.sort(
        Comparator.comparingInt((Box box) -> Math.floorDiv(box.y(), BAND))
            .thenComparingInt(Box::x));
    boxes.sort(Comparator.comparingLong(box -> RegionOrder.key(box.x(), box.y())));
    assertThat(boxes).isEqualTo(expected);
    assertThat(boxes)
        .allMatch(box -> RegionOrder.key(box.x(), box.y()) > RegionOrder.key(null, null));
  }

  static LongStream seeds() {
    Long seed = Long.getLong("stoker.seed");
    return seed == null ? LongStream.range(0, 20) : LongStream.of(seed);
  }
}
