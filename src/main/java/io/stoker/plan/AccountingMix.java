package io.stoker.plan;

import java.io.Serializable;
import java.nio.ByteBuffer;

/**
 * What proves that two sets of rows are the same without comparing them: their count, and sum and
 * xor of a 64-bit mix of each row's id and key. A row that is lost, doubled, or has another's
 * content changes at least one of them, whatever the order.
 *
 * @param rows how many
 * @param sum of the mixes, modulo 2^64
 * @param xor of the mixes
 */
public record AccountingMix(long rows, long sum, long xor) implements Serializable {
  /** No rows. */
  public static final AccountingMix EMPTY = new AccountingMix(0, 0, 0);

  // 2^64 divided by the golden ratio, and the finalizer of SplitMix64 (Steele, Lea and Flood,
  // 2014): every bit of the input changes half of the output's.
  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  /**
   * The mix of one row.
   *
   * @param regionKey {@link RegionKey#BYTES} bytes
   */
  public static long of(long regionId, byte[] regionKey) {
    ByteBuffer key = ByteBuffer.wrap(regionKey);
    long mix = mix(regionId + GAMMA);
    mix = mix(mix ^ key.getLong());
    return mix(mix ^ key.getLong());
  }

  /** With one more row. */
  public AccountingMix plus(long regionId, byte[] regionKey) {
    long mix = of(regionId, regionKey);
    return new AccountingMix(rows + 1, sum + mix, xor ^ mix);
  }

  /** Both together. */
  public AccountingMix plus(AccountingMix other) {
    return new AccountingMix(rows + other.rows, sum + other.sum, xor ^ other.xor);
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
