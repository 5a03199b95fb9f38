package io.stoker.bench;

import io.stoker.region.RegionOutput;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a strategy said of each region, as far as it is compared: its class and its score.
 * Thread-safe where each region is answered by one thread.
 */
final class Answers {
  /** Scores of one model on one device differ by rounding: batches are cut differently. */
  private static final double TOLERANCE = 0.02;

  private final int[] classes;
  private final float[] scores;

  Answers(int regions) {
    classes = new int[regions];
    scores = new float[regions];
    Arrays.fill(classes, -1);
  }

  /** How many there are to be. */
  int regions() {
    return classes.length;
  }

  /** Takes a region's outputs. */
  void put(int region, List<RegionOutput> outputs) {
    float score = 0;
    int best = 0;
    boolean named = false;
    for (RegionOutput output : outputs) {
      if (output.values() instanceof float[] values && values.length > 0 && score == 0) {
        int largest = argmax(values);
        score = values[largest];
        best = named ? best : largest;
      } else if (output.values() instanceof int[] values && values.length > 0 && !named) {
        best = values[0];
        named = true;
      }
    }
    classes[region] = best;
    scores[region] = score;
  }

  private static int argmax(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  /** Takes all of a batch. */
  void putAll(int first, List<List<RegionOutput>> outputs) {
    for (int i = 0; i < outputs.size(); i++) {
      put(first + i, outputs.get(i));
    }
  }

  /**
   * Compares with others', which answer as many regions or more.
   *
   * @return what differs, or null: every region must be answered, with nearly the same score
   */
  @Nullable String difference(Answers other) {
    int missing = 0;
    int different = 0;
    double largest = 0;
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] < 0) {
        missing++;
        continue;
      }
      double difference = Math.abs(scores[i] - other.scores[i]);
      largest = Math.max(largest, difference);
      // Where two classes are as good, rounding decides.
      if (difference > TOLERANCE) {
        different++;
      }
    }
    return missing == 0 && different == 0
        ? null
        : String.format(
            Locale.ROOT,
            "%d of %d regions have no answer, %d another one (scores differ by up to %.3f)",
            missing,
            classes.length,
            different,
            largest);
  }
}
