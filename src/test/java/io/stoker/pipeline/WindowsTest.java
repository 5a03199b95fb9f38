package io.stoker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.image.ImageHeader;
import io.stoker.iterator.Ticker;
import io.stoker.region.Box;
import io.stoker.region.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which windows are decoded. */
final class WindowsTest {
  private static final ImageHeader JPEG = new ImageHeader("jpeg", 4000, 3000, 3, true, true);
  private static final ImageHeader PROGRESSIVE =
      new ImageHeader("jpeg", 4000, 3000, 3, false, true);
  private static final Client CLIENT = new Client(1, true, new Counters(Ticker.SYSTEM));

  private static Placed at(int x, int y, int side) {
    var box = new Box(x, y, side, side);
    return new Placed(new Element(CLIENT, 0, new Region(0, "mem:/x", 0, box)), box, box);
  }

  private static List<Box> windows(ImageHeader header, long maxBytes, List<Placed> regions) {
    return Windows.plan(header, regions, window -> window.area() * 3, maxBytes).stream()
        .map(DecodeJob::window)
        .toList();
  }

  @Test
  void oneRegionIsDecodedAlone() {
    assertThat(windows(JPEG, 1L << 40, List.of(at(100, 200, 224))))
        .containsExactly(new Box(100, 200, 224, 224));
  }

  @Test
  void oneSmallWindowAtTheTopAndOneAtTheBottomStayApart() {
    assertThat(windows(JPEG, 1L << 40, List.of(at(0, 0, 224), at(3700, 2700, 224)))).hasSize(2);
  }

  @Test
  void aRowOfRegionsIsOneStrip() {
    var row = new ArrayList<Placed>();
    for (int x = 0; x < 3700; x += 300) {
      row.add(at(x, 1500, 224));
    }
    assertThat(windows(JPEG, 1L << 40, row)).containsExactly(new Box(0, 1500, 3824, 224));
  }

  @Test
  void aGridIsDecodedAsAWhole() {
    var grid = new ArrayList<Placed>();
    for (int y = 0; y < 2800; y += 224) {
      for (int x = 0; x < 3700; x += 224) {
        grid.add(at(x, y, 224));
      }
    }
    assertThat(windows(JPEG, 1L << 40, grid)).hasSize(1);
    assertThat(windows(JPEG, 4000L * 3 * 500, grid)).hasSize(7);
  }

  @Test
  void aProgressiveFileIsDecodedOnce() {
    assertThat(windows(PROGRESSIVE, 1L << 40, List.of(at(0, 0, 10), at(3000, 2000, 10))))
        .hasSize(1);
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void eachRegionIsInOneWindowThatHasAllItsPixelsAndFitsTheBound(long seed) {
    var random = new Random(seed);
    var regions = new ArrayList<Placed>();
    for (int i = random.nextInt(60); i >= 0; i--) {
      int side = 1 + random.nextInt(300);
      regions.add(at(random.nextInt(4000 - side), random.nextInt(3000 - side), side));
    }
    long maxBytes = 300 * 300 * 3 + random.nextInt(4_000_000);
    var jobs = Windows.plan(JPEG, regions, window -> window.area() * 3, maxBytes);
    var seen = new ArrayList<Placed>();
    for (DecodeJob job : jobs) {
      assertThat(job.window().area() * 3).isLessThanOrEqualTo(maxBytes);
      assertThat(job.regions()).allMatch(region -> job.window().contains(region.visible()));
      seen.addAll(job.regions());
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(regions);
  }
}
