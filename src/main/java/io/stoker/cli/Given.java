package io.stoker.cli;

import java.util.List;

/**
 * Which flags were typed, whether or not their values were good: a rule about two flags must not
 * add "X is missing" to "X has a bad value".
 */
record Given(List<String> arguments) {
  /** Whether the flag was typed, as {@code --flag value} or {@code --flag=value}. */
  boolean has(String flag) {
    return times(flag) > 0;
  }

  /** How often it was typed. */
  long times(String flag) {
    return arguments.stream()
        .filter(argument -> argument.equals(flag) || argument.startsWith(flag + "="))
        .count();
  }
}
