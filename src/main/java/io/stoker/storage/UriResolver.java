package io.stoker.storage;

import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * Makes the URIs of a manifest absolute: those without a scheme are paths, relative ones lie in a
 * base folder. Pure text; what follows a scheme stays as it is, as Hadoop and Spark read it.
 *
 * @param base an absolute URI of a folder, such as {@code hdfs://host/photos} or {@code
 *     file:/photos}
 */
public record UriResolver(String base) implements Serializable {
  // A letter, then the rest of a scheme, then ":/": "C:x.jpg" and "a:b.jpg" are file names.
  private static final Pattern ABSOLUTE =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.\\-]*:/.*", Pattern.DOTALL);

  private static final Pattern LEADING_SLASHES = Pattern.compile("^/+");

  private static final Pattern ROOT =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.\\-]*:)(//[^/]*)?.*", Pattern.DOTALL);

  /**
   * @throws IllegalArgumentException if the base is not absolute
   */
  public UriResolver {
    if (!ABSOLUTE.matcher(base).matches()) {
      throw new IllegalArgumentException("base is \"" + base + "\", expected SCHEME:/FOLDER");
    }
  }

  /** The absolute form. */
  public String resolve(String uri) {
    if (ABSOLUTE.matcher(uri).matches()) {
      return uri;
    }
    if (uri.startsWith("/")) {
      var root = ROOT.matcher(base);
      if (!root.matches()) {
        throw new IllegalStateException("base is \"" + base + "\"");
      }
      String authority = root.group(2);
      // Several slashes are one in a path, but would begin an authority behind the scheme.
      String path = "/" + LEADING_SLASHES.matcher(uri).replaceFirst("");
      return root.group(1) + (authority == null ? "" : authority) + path;
    }
    return base.endsWith("/") ? base + uri : base + "/" + uri;
  }
}
