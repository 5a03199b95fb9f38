package io.stoker.tensorflow;

import java.util.Arrays;

/**
 * What a chain of nodes does to each channel: {@code factor · x + offset}. Computed in float64.
 *
 * @param factors by channel
 * @param offsets by channel
 */
record ChannelScale(double[] factors, double[] offsets) {
  /** What changes nothing. */
  static ChannelScale none(int channels) {
    double[] ones = new double[channels];
    Arrays.fill(ones, 1);
    return new ChannelScale(ones, new double[channels]);
  }

  ChannelScale plus(double[] added) {
    double[] sums = new double[added.length];
    Arrays.setAll(sums, i -> offsets[i] + added[i]);
    return new ChannelScale(factors, sums);
  }

  ChannelScale minus(double[] taken) {
    double[] differences = new double[taken.length];
    Arrays.setAll(differences, i -> offsets[i] - taken[i]);
    return new ChannelScale(factors, differences);
  }

  ChannelScale times(double[] by) {
    double[] products = new double[by.length];
    double[] moved = new double[by.length];
    Arrays.setAll(products, i -> factors[i] * by[i]);
    Arrays.setAll(moved, i -> offsets[i] * by[i]);
    return new ChannelScale(products, moved);
  }

  ChannelScale dividedBy(double[] by) {
    double[] inverses = new double[by.length];
    Arrays.setAll(inverses, i -> 1 / by[i]);
    return times(inverses);
  }
}
