package io.stoker.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.region.Box;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class AccountingTest {
  @Test
  void keysStayWhatTheyWere() {
    assertThat(hex(RegionKey.of("a.jpg", 0, null, 0))).isEqualTo(GOLDEN_WHOLE);
    assertThat(hex(RegionKey.of("a.jpg", 2, new Box(1, 2, 3, 4), 5))).isEqualTo(GOLDEN_BOX);
  }

  @Test
  void keysTellEveryFieldApart() {
    assertThat(
            IntStream.range(0, 11)
                .mapToObj(
                    i ->
                        switch (i) {
                          case 0 -> RegionKey.of("a", 0, null, 0);
                          case 1 -> RegionKey.ofFault(null, "no uri", 0);
                          case 2 -> RegionKey.of("", 0, null, 0);
                          case 3 -> RegionKey.of("a", 1, null, 0);
                          case 4 -> RegionKey.of("a", 0, null, 1);
                          case 5 -> RegionKey.of("a", 0, new Box(0, 0, 1, 1), 0);
                          case 6 -> RegionKey.of("a", 0, new Box(0, 0, 1, 2), 0);
                          case 7 -> RegionKey.ofFault("a", "bad box", 0);
                          case 8 -> RegionKey.ofFault("a", "bad box", 1);
                          case 9 -> RegionKey.ofFault("a", "other box", 0);
                          default -> RegionKey.of("a", 0, new Box(0, 0, 2, 1), 0);
                        })
                .map(AccountingTest::hex))
        .doesNotHaveDuplicates();
  }

  @Test
  void aLostADoubledAndASwappedRowChangeTheProof() {
    byte[] a = RegionKey.of("a", 0, null, 0);
    byte[] b = RegionKey.of("b", 0, null, 0);
    AccountingMix right = AccountingMix.EMPTY.plus(0, a).plus(1, b);
    assertThat(AccountingMix.EMPTY.plus(1, b).plus(AccountingMix.EMPTY.plus(0, a)))
        .isEqualTo(right);
    assertThat(AccountingMix.EMPTY.plus(0, a)).isNotEqualTo(right);
    assertThat(AccountingMix.EMPTY.plus(0, a).plus(0, a)).isNotEqualTo(right);
    assertThat(AccountingMix.EMPTY.plus(1, a).plus(0, b)).isNotEqualTo(right);
    // Two rows doubled leave the xor as it is; the sum tells.
    assertThat(right.plus(right).xor()).isZero();
    assertThat(right.plus(right)).isNotEqualTo(right);
  }

  private static String hex(byte[] key) {
    return HexFormat.of().formatHex(key);
  }

  // Computed with Python's hashlib and struct from RegionKey's description.
  private static final String GOLDEN_WHOLE = "0bd2991671a195480d42ca0d0977b9dd";
  private static final String GOLDEN_BOX = "703f89e37b5d839fe734d2f5ad37ddc3";
}
