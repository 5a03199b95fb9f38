package io.stoker.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether somebody watches stderr. {@code System.console()} would look at stdin and stdout, which
 * may well be files while stderr is a terminal.
 */
final class Terminal {
  private static final String SAID = "stoker.terminal";
  private static final Path STDERR = Path.of("/proc/self/fd/2");

  private Terminal() {}

  /** Whether stderr is a terminal: as the property says, else as Linux does; else it is none. */
  static boolean isStderr() {
    String said = System.getProperty(SAID);
    if (said != null) {
      return Boolean.parseBoolean(said);
    }
    try {
      return isTerminal(Files.readSymbolicLink(STDERR).toString());
    } catch (IOException | UnsupportedOperationException e) {
      return false; // no Linux
    }
  }

  static boolean isTerminal(String device) {
    return device.startsWith("/dev/pts/")
        || device.startsWith("/dev/tty")
        || device.equals("/dev/console");
  }
}
