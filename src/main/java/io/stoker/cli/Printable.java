package io.stoker.cli;

import java.util.regex.Pattern;

/** Text from elsewhere, made fit for a terminal. */
final class Printable {
  /** Would move the cursor, ring, or recolour what follows; line breaks are left. */
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\n]]|\\p{Cf}");

  /** How Hadoop writes local files, with one slash or three. */
  private static final Pattern LOCAL = Pattern.compile("(?<![\\w+.-])file:(//)?(?=/[^/])");

  private Printable() {}

  /** Without control characters. */
  static String text(String text) {
    return CONTROL.matcher(text.replace('\t', ' ')).replaceAll("?");
  }

  /** Like {@link #paths}, in one line, of which the beginning if it is longer than that. */
  static String line(String text, int longest) {
    String line = paths(text.replaceAll("\\s+", " "));
    return line.length() <= longest ? line : line.substring(0, longest) + "...";
  }

  /**
   * Like {@link #text}; where Spark is embedded, and local files thus the default, they are written
   * as the user wrote them: {@code /photos}, not {@code file:/photos}.
   */
  static String paths(String text) {
    return text(Session.isEmbedded() ? LOCAL.matcher(text).replaceAll("") : text);
  }
}
