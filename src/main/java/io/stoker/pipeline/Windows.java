package io.stoker.pipeline;

import io.stoker.image.ImageHeader;
import io.stoker.region.Box;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Which windows of an image to decode for a list of regions: each its own, bands, or one for all,
 * whichever is cheapest. Pure.
 *
 * <p>A window of a sequential file costs what lies above its bottom row, over the image's whole
 * width, and then its own pixels. So a window lower down costs more, and what lies beside it hardly
 * anything.
 */
final class Windows {
  // Baseline JPEG of 4000x3000 pixels, decoded by TensorFlow's op: 55 ms whole, and 2.5, 17.8 and
  // 32 ms for 224x224 at the top, in the middle and at the bottom. The last is rows skipped only.
  private static final double SKIPPED = 32.0 / 55;
  private static final double DECODED = 1 - SKIPPED;

  /** A call's fixed cost, in pixels. */
  private static final double CALL = 1_000;

  private Windows() {}

  /**
   * Plans the jobs, from the top down. Each region is in exactly one.
   *
   * @param bytes of memory that a window takes
   * @param maxBytes of a job; only a single region's window may take more
   */
  static List<DecodeJob> plan(
      ImageHeader header, List<Placed> regions, ToLongFunction<Box> bytes, long maxBytes) {
    if (regions.isEmpty()) {
      return List.of();
    }
    Box all = regions.stream().map(Placed::visible).reduce(Windows::bounds).orElseThrow();
    boolean fits = bytes.applyAsLong(all) <= maxBytes;
    if (fits && !(header.sequential() && header.windowed())) {
      return List.of(new DecodeJob(all, regions));
    }
    List<DecodeJob> jobs = merge(header, regions, bytes, maxBytes);
    double separate = jobs.stream().mapToDouble(job -> cost(header, job.window())).sum();
    return fits && cost(header, all) <= separate ? List.of(new DecodeJob(all, regions)) : jobs;
  }

  /** Goes down the image and lets a region join the window before it where that is cheaper. */
  private static List<DecodeJob> merge(
      ImageHeader header, List<Placed> regions, ToLongFunction<Box> bytes, long maxBytes) {
    var sorted = new ArrayList<>(regions);
    sorted.sort(
        Comparator.comparingInt((Placed placed) -> placed.visible().y())
            .thenComparingInt(placed -> placed.visible().x()));
    var jobs = new ArrayList<DecodeJob>();
    for (Placed next : sorted) {
      DecodeJob last = jobs.isEmpty() ? null : jobs.get(jobs.size() - 1);
      if (last != null) {
        Box both = bounds(last.window(), next.visible());
        boolean cheaper =
            cost(header, both) <= cost(header, last.window()) + cost(header, next.visible());
        if (cheaper && bytes.applyAsLong(both) <= maxBytes) {
          last.regions().add(next);
          jobs.set(jobs.size() - 1, new DecodeJob(both, last.regions()));
          continue;
        }
      }
      jobs.add(new DecodeJob(next.visible(), new ArrayList<>(List.of(next))));
    }
    return jobs;
  }

  /** In pixels of a whole decode. */
  private static double cost(ImageHeader header, Box window) {
    if (!header.sequential() || !header.windowed()) {
      return CALL + header.pixels();
    }
    return CALL + SKIPPED * header.width() * window.bottom() + DECODED * window.area();
  }

  private static Box bounds(Box a, Box b) {
    int left = Math.min(a.x(), b.x());
    int top = Math.min(a.y(), b.y());
    return new Box(
        left,
        top,
        (int) (Math.max(a.right(), b.right()) - left),
        (int) (Math.max(a.bottom(), b.bottom()) - top));
  }
}
