package io.stoker.pipeline;

import io.stoker.image.ImageException;
import io.stoker.region.Failure;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The places that images may come from. A prefix covers itself and what lies below it as a folder:
 * {@code s3a://bucket/photos} allows {@code s3a://bucket/photos/1.jpg}, not {@code
 * s3a://bucket/photos-of-others/1.jpg}.
 *
 * @param prefixes URI prefixes; empty allows everything
 */
record UriAllowList(List<String> prefixes) {
  /** A segment {@code ..}, which could climb out of an allowed folder; encoded ones as well. */
  private static final Pattern CLIMBS =
      Pattern.compile(
          "(^|[/\\\\]|%2f|%5c)(\\.|%2e){2}($|[/\\\\?#]|%2f|%5c)", Pattern.CASE_INSENSITIVE);

  private static final Pattern SCHEME =
      Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*):(///(?=[^/]))?");

  /**
   * Checks a URI.
   *
   * @throws ImageException if it is not below any of the prefixes
   */
  void check(String uri) throws ImageException {
    if (!allows(uri)) {
      throw new ImageException(
          Failure.Reason.NOT_ALLOWED,
          uri + " is not below any of " + prefixes + "; see --allow-uri");
    }
  }

  private boolean allows(String uri) {
    if (prefixes.isEmpty()) {
      return true;
    }
    if (CLIMBS.matcher(uri).find()) {
      return false;
    }
    String normal = normal(uri);
    for (String prefix : prefixes) {
      String start = normal(prefix);
      if (normal.equals(start) || normal.startsWith(start.endsWith("/") ? start : start + "/")) {
        return true;
      }
    }
    return false;
  }

  /** Lower-case scheme, and {@code file:/x} for {@code file:///x}. */
  private static String normal(String uri) {
    return SCHEME
        .matcher(uri)
        .replaceFirst(
            match ->
                match.group(1).toLowerCase(Locale.ROOT) + (match.group(2) == null ? ":" : ":/"));
  }
}
