package io.stoker.cli;

import java.util.List;
import java.util.regex.Pattern;

/** What a failure came of: Spark and Hadoop wrap it several times, in many lines. */
final class RootCause {
  /** Causes may go in circles. */
  private static final int MAX_CAUSES = 50;

  /** In the text that an executor's failure comes to the driver as. */
  private static final String CAUSED_BY = "Caused by: ";

  private static final Pattern OUT_OF_REACH =
      Pattern.compile(
          "Connection refused|Connection reset|UnknownHost|NoRouteToHost|timed out"
              + "|failed to respond|Unable to execute HTTP request");

  private RootCause() {}

  /** The innermost cause's message in a line; empty if it has none. */
  static String message(Throwable failure) {
    Throwable first = failure;
    for (int i = 0; i < MAX_CAUSES && first.getCause() != null; i++) {
      first = first.getCause();
    }
    List<String> lines =
        String.valueOf(first.getMessage()).lines().filter(line -> !line.isBlank()).toList();
    return lines.stream()
        .filter(line -> line.startsWith(CAUSED_BY))
        .reduce((one, other) -> other)
        .map(line -> line.substring(CAUSED_BY.length()))
        .orElse(lines.isEmpty() ? "" : lines.get(0));
  }

  /** Whether a server did not answer. */
  static boolean isOutOfReach(Throwable failure) {
    return OUT_OF_REACH.matcher(message(failure)).find();
  }
}
