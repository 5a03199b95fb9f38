package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.plan.AccountingMix;
import io.stoker.plan.RegionKey;
import io.stoker.plan.SplitPlan.Split;
import io.stoker.region.Box;
import io.stoker.region.Failure;
import io.stoker.runtime.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
@ExtendWith(SparkSessions.class)
final class NumberingTest {
  private final SparkSession spark;
  private final Path folder;

  NumberingTest(SparkSession spark, @TempDir Path folder) {
    this.spark = spark;
    this.folder = folder;
  }

  static LongStream seeds() {
    return LongStream.of(Long.getLong("stoker.seed", 7));
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void numbersAreDenseAndEqualRowsKeepTheirKeysInAnyOrder(long seed) throws IOException {
    var random = new Random(seed);
    var lines = new ArrayList<String>();
    for (int i = 0; i < 3_000; i++) {
      // Few images and boxes, so that many rows are equal.
      String uri = random.nextInt(20) == 0 ? "" : "img-" + random.nextInt(40);
      String width = random.nextInt(20) == 0 ? "x" : "10";
      lines.add(
          uri
              + ","
              + random.nextInt(3)
              + ","
              + random.nextInt(1_000) / 100 * 100
              + ","
              + width
              + ",10,"
              + i);
    }

    NumberedManifest first = number("first", lines);
    Collections.shuffle(lines, random);
    NumberedManifest second = number("second", lines);

    List<Row> rows = first.rows().orderBy("region_id").collectAsList();
    assertThat(rows.stream().map(PlanRows::id))
        .containsExactlyElementsOf(LongStream.range(0, 3_000).boxed().toList());
    assertThat(second.mix()).isEqualTo(first.mix());
    var occurrences = new HashMap<String, Long>();
    AccountingMix mix = AccountingMix.EMPTY;
    for (Row row : rows) {
      Box box = PlanRows.box(row);
      String uri = PlanRows.uri(row);
      Failure failure = PlanRows.failure(row);
      long occurrence = occurrences.merge(uri + " " + box + " " + failure, 1L, Long::sum) - 1;
      if (failure == null) {
        assertThat(PlanRows.key(row))
            .isEqualTo(RegionKey.of(Objects.requireNonNull(uri), 0, box, occurrence));
      } else {
        String fault = failure.reason() + " " + failure.detail();
        assertThat(PlanRows.key(row)).isEqualTo(RegionKey.ofFault(uri, fault, occurrence));
      }
      mix = mix.plus(PlanRows.id(row), PlanRows.key(row));
    }
    assertThat(mix).isEqualTo(first.mix());
    assertThat(rows.stream().map(row -> PlanRows.manifest(row).getInt(5)).distinct())
        .as("what passes through")
        .hasSize(3_000);
    assertImagesAreTogetherInBands(rows);
  }

  private static void assertImagesAreTogetherInBands(List<Row> rows) {
    var seen = new HashMap<String, Integer>();
    String image = "";
    boolean regions = false;
    for (Row row : rows) {
      if (PlanRows.failure(row) != null) {
        assertThat(regions).as("a region before a row without one").isFalse();
        continue;
      }
      regions = true;
      String uri = String.valueOf(PlanRows.uri(row));
      Box box = PlanRows.box(row);
      int band = box == null ? -1 : box.y() / 256;
      if (uri.equals(image)) {
        assertThat(band).isGreaterThanOrEqualTo(Objects.requireNonNull(seen.get(uri)));
      } else {
        assertThat(seen).as("an image comes once").doesNotContainKey(uri);
      }
      seen.put(uri, band);
      image = uri;
    }
  }

  @Test
  void splitsCoverEveryRegionOnceAndCostAboutTheSame() throws IOException {
    var lines = IntStream.range(0, 5_000).mapToObj(i -> "img-" + i / 10 + ",0,0,10,10,a").toList();
    NumberedManifest manifest = number("m", lines);

    List<Split> splits = Splits.cut(manifest, 5, 4);

    assertThat(splits).hasSize(50);
    long next = 0;
    for (Split split :
        splits.stream().sorted((a, b) -> Long.compare(a.begin(), b.begin())).toList()) {
      assertThat(split.begin()).isEqualTo(next);
      next = split.end();
    }
    assertThat(next).isEqualTo(5_000);
    double mean = (double) manifest.cost() / splits.size();
    assertThat(splits).allMatch(split -> split.cost() < 1.2 * mean);
    assertThat(splits.stream().map(Split::cost).toList())
        .isSortedAccordingTo(Collections.reverseOrder());
    var partitioner = new SplitPartitioner(splits);
    for (int i = 0; i < splits.size(); i++) {
      assertThat(partitioner.getPartition(splits.get(i).begin())).isEqualTo(i);
      assertThat(partitioner.getPartition(splits.get(i).end() - 1)).isEqualTo(i);
    }
  }

  @Test
  void oneSizeOfBoxesIsSeenAndOthersAreNot() throws IOException {
    assertThat(shape("1,0,20,10,a", "2,0,20,10,b")).isEqualTo(new Size(10, 20));
    assertThat(shape("1,0,20,10,a", "2,0,oops,10,b")).isEqualTo(new Size(10, 20));
    assertThat(shape("1,0,20,10,a", "2,0,20,11,b")).isNull();
    assertThat(shape("1,0,20,10,a", ",,,,b")).isNull();
    assertThat(shape(",,,,b")).isNull();
  }

  private @org.jspecify.annotations.Nullable Size shape(String... boxes) throws IOException {
    var lines = java.util.Arrays.stream(boxes).map(box -> "img," + box).toList();
    return number("m" + System.nanoTime(), lines).shapes().uniform();
  }

  private NumberedManifest number(String name, List<String> lines) throws IOException {
    return Numbering.write(spark, manifest(name, lines), folder.resolve(name + "-plan").toString());
  }

  private Manifest manifest(String name, List<String> lines) throws IOException {
    var all = new ArrayList<>(List.of("uri,x,y,width,height,note"));
    all.addAll(lines);
    Path file = Rows.write(folder.resolve(name + ".csv"), all.toArray(String[]::new));
    var problems = new ArrayList<String>();
    Manifest manifest = ManifestReader.read(spark, ManifestSource.files(file.toString()), problems);
    assertThat(problems).isEmpty();
    return Objects.requireNonNull(manifest);
  }
}
