package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TextTableTest {
  @Test
  void numbersStandToTheRight() {
    assertThat(
            TextTable.of(
                List.of("label", "regions"),
                List.of(List.of("water", "12"), List.of("field", "3"))))
        .isEqualTo(
            """
              label  regions
              water       12
              field        3
            """);
  }

  @Test
  void noRowsLeaveTheHeader() {
    assertThat(TextTable.of(List.of("a", "b"), List.of())).isEqualTo("  a  b\n");
  }
}
