package io.stoker.spark;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Recognises how Spark says, in a task, that a CSV file's header is not that of the others. It has
 * no exception type or error class for it: the text of its {@code CSVHeaderChecker} is all there
 * is, and comes to the driver within the message of another exception.
 */
final class MixedHeaders {
  private static final Pattern FILE =
      Pattern.compile(
          "(?:CSV header does not conform to the schema|Number of column in CSV header is not equal)"
              + ".*?CSV file: (\\S+)",
          Pattern.DOTALL);

  private MixedHeaders() {}

  /** A file that differs from another, or null if it is not that. */
  static @Nullable String file(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      Matcher matcher = FILE.matcher(String.valueOf(cause.getMessage()));
      if (matcher.find()) {
        return matcher.group(1);
      }
    }
    return null;
  }
}
