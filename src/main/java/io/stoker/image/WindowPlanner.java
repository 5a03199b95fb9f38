package io.stoker.image;

import io.stoker.region.Box;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Chooses which windows of an image to decode: each box by itself, row bands, or one window for
 * all, whichever costs least in sum. Pure.
 *
 * <p>What counts is the sum, not how many cores could share it: a second window of a JPEG repeats
 * the entropy decoding of all rows above it, and other images keep the other cores busy.
 *
 * <p>Boxes are put in order from the top down; a job serves a run of this order. The cheapest cut
 * of it into jobs is found by dynamic programming. To keep that short, boxes of the same rows (as
 * JPEG stores them, 16 at a time) are joined before where that is no dearer, and a job holds at
 * most {@link #LOOK_BACK} of what is left, or everything.
 */
public final class WindowPlanner {
  /** The most that a JPEG's blocks are high: no row of it is decoded alone. */
  private static final int BLOCK_ROWS = 16;

  private static final int LOOK_BACK = 512;

  private WindowPlanner() {}

  /**
   * Plans the decodes that serve all boxes. No plan costs more than decoding each box by itself, or
   * than one window for all boxes if that fits the memory.
   *
   * @param boxes within the image
   * @param bytes the memory that decoding a window takes; never less than for a window inside it
   * @param maxBytes of one job; boxes that do not fit alone are {@link WindowPlan#tooLarge}
   */
  public static WindowPlan plan(
      DecodeCost cost, List<Box> boxes, ToLongFunction<Box> bytes, long maxBytes) {
    var tooLarge = new ArrayList<Integer>();
    var groups = new ArrayList<Group>();
    for (int i = 0; i < boxes.size(); i++) {
      if (bytes.applyAsLong(boxes.get(i)) > maxBytes) {
        tooLarge.add(i);
      } else {
        groups.add(new Group(boxes.get(i), List.of(i)));
      }
    }
    if (groups.isEmpty()) {
      return new WindowPlan(List.of(), tooLarge);
    }
    List<Group> rows = joinRows(cost, groups, bytes, maxBytes);
    List<Group> jobs = cheapestCut(cost, rows, bytes, maxBytes);
    Group all = join(rows);
    if (bytes.applyAsLong(all.window) <= maxBytes
        && cost.nanos(all.window) <= jobs.stream().mapToDouble(g -> cost.nanos(g.window)).sum()) {
      jobs = List.of(all);
    }
    return new WindowPlan(jobs.stream().map(Group::job).toList(), tooLarge);
  }

  /** Boxes that are decoded together. */
  private record Group(Box window, List<Integer> boxes) {
    int topBlock() {
      return window.y() / BLOCK_ROWS;
    }

    long bottomBlock() {
      return (window.bottom() + BLOCK_ROWS - 1) / BLOCK_ROWS;
    }

    WindowPlan.Job job() {
      return new WindowPlan.Job(window, boxes.stream().sorted().toList());
    }
  }

  /** From the top down, those of the same blocks from left to right. */
  private static List<Group> joinRows(
      DecodeCost cost, List<Group> groups, ToLongFunction<Box> bytes, long maxBytes) {
    var sorted = new ArrayList<>(groups);
    sorted.sort(
        Comparator.comparingInt(Group::topBlock)
            .thenComparingLong(Group::bottomBlock)
            .thenComparingInt(group -> group.window.x()));
    var joined = new ArrayList<Group>();
    Group open = sorted.get(0);
    var members = new ArrayList<>(open.boxes);
    for (Group next : sorted.subList(1, sorted.size())) {
      Box both = bounds(open.window, next.window);
      if (next.topBlock() == open.topBlock()
          && next.bottomBlock() == open.bottomBlock()
          && cost.nanos(both) <= cost.nanos(open.window) + cost.nanos(next.window)
          && bytes.applyAsLong(both) <= maxBytes) {
        open = new Group(both, members);
      } else {
        joined.add(new Group(open.window, List.copyOf(members)));
        open = next;
        members = new ArrayList<>();
      }
      members.addAll(next.boxes);
    }
    joined.add(new Group(open.window, List.copyOf(members)));
    return joined;
  }

  private static List<Group> cheapestCut(
      DecodeCost cost, List<Group> groups, ToLongFunction<Box> bytes, long maxBytes) {
    int count = groups.size();
    // least[i]: the cost of serving the first i groups; from[i]: where the last job of it begins.
    var least = new double[count + 1];
    var from = new int[count + 1];
    Arrays.fill(least, 1, count + 1, Double.POSITIVE_INFINITY);
    for (int end = 1; end <= count; end++) {
      Box window = groups.get(end - 1).window;
      for (int begin = end - 1; begin >= Math.max(0, end - LOOK_BACK); begin--) {
        window = bounds(window, groups.get(begin).window);
        if (bytes.applyAsLong(window) > maxBytes) {
          break; // and so are all that begin earlier
        }
        double sum = least[begin] + cost.nanos(window);
        if (sum < least[end]) {
          least[end] = sum;
          from[end] = begin;
        }
      }
    }
    var jobs = new ArrayList<Group>();
    for (int end = count; end > 0; end = from[end]) {
      jobs.add(0, join(groups.subList(from[end], end)));
    }
    return jobs;
  }

  private static Group join(List<Group> groups) {
    Box window = groups.get(0).window;
    for (Group group : groups) {
      window = bounds(window, group.window);
    }
    return new Group(window, groups.stream().flatMap(g -> g.boxes.stream()).toList());
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
