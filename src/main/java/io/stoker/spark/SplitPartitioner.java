package io.stoker.spark;

import io.stoker.plan.SplitPlan.Split;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;

/**
 * Sends each region, by its id, to its split's partition. Partitions are numbered as the splits are
 * listed, and Spark starts tasks in the order of partitions.
 */
final class SplitPartitioner extends Partitioner {
  private static final long serialVersionUID = 1;

  /** First ids of the splits, ascending. */
  private final long[] begins;

  /** The partition of each. */
  private final int[] partitions;

  SplitPartitioner(List<Split> splits) {
    partitions =
        IntStream.range(0, splits.size())
            .boxed()
            .sorted(Comparator.comparingLong(i -> splits.get(i).begin()))
            .mapToInt(Integer::intValue)
            .toArray();
    begins = Arrays.stream(partitions).mapToLong(i -> splits.get(i).begin()).toArray();
  }

  @Override
  public int numPartitions() {
    return begins.length;
  }

  @Override
  public int getPartition(Object id) {
    int found = Arrays.binarySearch(begins, (Long) id);
    return partitions[found >= 0 ? found : -found - 2];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SplitPartitioner that
        && Arrays.equals(begins, that.begins)
        && Arrays.equals(partitions, that.partitions);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(begins);
  }
}
