package io.stoker.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.plan.SplitPlan.Boundary;
import io.stoker.plan.SplitPlan.Split;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class SplitPlanTest {
  /** A row of the manifest, as far as planning goes. */
  private record Row(int image, long cost) {}

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void everyRowLiesInExactlyOneSplitWhateverThePartitions(long seed) {
    var random = new Random(seed);
    List<Row> rows = rows(random, 1 + random.nextInt(3_000));
    int slots = 1 + random.nextInt(16);
    List<Split> splits = plan(rows, slots, 1 + random.nextInt(8), random);
    long next = 0;
    for (Split split : sorted(splits)) {
      assertThat(split.begin()).isEqualTo(next);
      assertThat(split.cost()).isEqualTo(cost(rows, split.begin(), split.end()));
      next = split.end();
    }
    assertThat(next).isEqualTo(rows.size());
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void theLargestSplitIsNearTheMeanThoughOneImageHoldsHalfOfAllRegions(long seed) {
    var random = new Random(seed);
    var rows = new ArrayList<Row>();
    int large = random.nextInt(10_000);
    for (int image = 0; image < 10_001; image++) {
      int regions = image == large ? 10_000 : 1;
      for (int i = 0; i < regions; i++) {
        rows.add(new Row(image, 1_000_000 + random.nextInt(500_000)));
      }
    }
    List<Split> splits = plan(rows, 16, 8, random);
    double mean = cost(rows, 0, rows.size()) / (double) splits.size();
    assertThat(splits).hasSizeGreaterThanOrEqualTo(64);
    assertThat(splits.get(0).cost()).isLessThanOrEqualTo((long) (1.2 * mean));
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void noSplitExceedsTheMeanByMoreThanTheToleranceAndARow(long seed) {
    var random = new Random(seed);
    List<Row> rows = rows(random, 1 + random.nextInt(3_000));
    var plan = new SplitPlan(cost(rows, 0, rows.size()), 1 + random.nextInt(100));
    long dearest = rows.stream().mapToLong(Row::cost).max().orElseThrow();
    double most = plan.mean() * (1 + 2 * BoundaryCutter.TOLERANCE) + dearest;
    assertThat(cut(plan, rows, 1 + random.nextInt(8), random))
        .allSatisfy(split -> assertThat((double) split.cost()).isLessThanOrEqualTo(most));
  }

  @Test
  void boundariesMoveToTheBeginningOfANearImage() {
    var rows = new ArrayList<Row>();
    for (int image = 0; image < 100; image++) {
      for (int i = 0; i < 7; i++) {
        rows.add(new Row(image, 1_000));
      }
    }
    var plan = new SplitPlan(700_000, 5);
    var cutter = new BoundaryCutter(plan, 0);
    for (int i = 0; i < rows.size(); i++) {
      cutter.add(i, i == 0 || rows.get(i).image != rows.get(i - 1).image, 1_000);
    }
    assertThat(cutter.boundaries())
        .hasSize(4)
        .allSatisfy(boundary -> assertThat(boundary.regionId() % 7).isZero());
  }

  @Test
  void thereAreFourSplitsASlotAndTwentyBatchesASplitWhereTheManifestAllows() {
    assertThat(SplitPlan.of(0, 0, 8, 32).splits()).isEqualTo(1);
    assertThat(SplitPlan.of(3, 3, 8, 32).splits()).isEqualTo(3);
    assertThat(SplitPlan.of(1_000, 1_000, 8, 32).splits()).isEqualTo(8);
    assertThat(SplitPlan.of(20 * 32 * 10, 1, 8, 32).splits()).isEqualTo(10);
    assertThat(SplitPlan.of(20 * 32 * 1_000, 1, 8, 32).splits()).isEqualTo(1_000);
    assertThat(SplitPlan.of(Long.MAX_VALUE / 2, 1, 8, 32).splits()).isEqualTo(10_000);
  }

  @Test
  void theCostliestSplitComesFirst() {
    List<Split> splits =
        new SplitPlan(60, 3).splits(List.of(new Boundary(7, 30), new Boundary(2, 10)), 9);
    assertThat(splits).isSortedAccordingTo(Comparator.comparingLong(Split::cost).reversed());
    assertThat(splits)
        .containsExactlyInAnyOrder(new Split(0, 2, 10), new Split(2, 7, 20), new Split(7, 9, 30));
  }

  private static List<Split> plan(List<Row> rows, int slots, int partitions, Random random) {
    long total = cost(rows, 0, rows.size());
    var plan = SplitPlan.of(rows.size(), total, slots, 1 + random.nextInt(8));
    return cut(plan, rows, partitions, random);
  }

  private static List<Split> cut(SplitPlan plan, List<Row> rows, int partitions, Random random) {
    var boundaries = new ArrayList<Boundary>();
    List<Integer> starts = new ArrayList<>(List.of(0, rows.size()));
    for (int i = 1; i < partitions; i++) {
      starts.add(random.nextInt(rows.size() + 1));
    }
    starts.sort(null);
    for (int p = 1; p < starts.size(); p++) {
      int begin = starts.get(p - 1);
      var cutter = new BoundaryCutter(plan, cost(rows, 0, begin));
      for (int i = begin; i < starts.get(p); i++) {
        cutter.add(i, i == 0 || rows.get(i).image != rows.get(i - 1).image, rows.get(i).cost);
      }
      boundaries.addAll(cutter.boundaries());
    }
    return plan.splits(boundaries, rows.size());
  }

  private static List<Row> rows(Random random, int count) {
    var rows = new ArrayList<Row>();
    int image = 0;
    for (int i = 0; i < count; i++) {
      image += random.nextInt(10) == 0 ? 1 : 0;
      rows.add(new Row(image, 1 + random.nextInt(1_000_000)));
    }
    return rows;
  }

  private static long cost(List<Row> rows, long begin, long end) {
    return rows.subList((int) begin, (int) end).stream().mapToLong(Row::cost).sum();
  }

  private static List<Split> sorted(List<Split> splits) {
    return splits.stream().sorted(Comparator.comparingLong(Split::begin)).toList();
  }

  static LongStream seeds() {
    Long seed = Long.getLong("stoker.seed");
    return seed == null ? LongStream.range(0, 50) : LongStream.of(seed);
  }
}
