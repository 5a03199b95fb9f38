package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TerminalTest {
  @ParameterizedTest
  @CsvSource({
    "/dev/pts/3, true",
    "/dev/tty1, true",
    "/dev/ttyS0, true",
    "/dev/console, true",
    "/dev/null, false",
    "pipe:[4711], false",
    "/home/me/log.txt, false",
    "/home/me/tty, false"
  })
  void aTerminalIsKnownByItsDevice(String device, boolean terminal) {
    assertThat(Terminal.isTerminal(device)).isEqualTo(terminal);
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void whatTheStarterSaysCounts(boolean said) {
    System.setProperty("stoker.terminal", Boolean.toString(said));
    try {
      assertThat(Terminal.isStderr()).isEqualTo(said);
    } finally {
      System.clearProperty("stoker.terminal");
    }
  }
}
