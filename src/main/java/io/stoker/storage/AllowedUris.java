package io.stoker.storage;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * The places that files may be read from ({@code --allow-uri}). A prefix covers itself and what
 * lies below it as a folder: {@code s3a://bucket/photos} allows {@code s3a://bucket/photos/1.jpg},
 * not {@code s3a://bucket/photos-of-others/1.jpg}.
 *
 * <p>Compared is what would be opened: scheme, authority and path as Hadoop reads them, with {@code
 * .} and {@code ..} resolved and {@code %} standing for itself. A URI that could still climb out of
 * a folder is refused: with a {@code ..} above the root, or an encoded one, which some file systems
 * decode. Text only: symbolic links are not followed. {@code /x}, {@code file:/x} and {@code
 * file:///x} are the same.
 *
 * @param prefixes absolute URIs or paths; empty allows everything
 */
public record AllowedUris(List<String> prefixes) implements Serializable {
  /** Allows everything. */
  public static final AllowedUris ALL = new AllowedUris(List.of());

  private static final Pattern SCHEME =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.\\-]*:/.*", Pattern.DOTALL);

  /** A segment of two dots, at least one of them, or a slash beside them, encoded or not. */
  private static final Pattern CLIMBS =
      Pattern.compile(
          "(^|[/\\\\]|%2f|%5c)(\\.|%2e){2}($|[/\\\\]|%2f|%5c)", Pattern.CASE_INSENSITIVE);

  /**
   * @throws IllegalArgumentException if a prefix is neither an absolute URI nor an absolute path,
   *     or climbs
   */
  public AllowedUris {
    prefixes = List.copyOf(prefixes);
    for (String prefix : prefixes) {
      if (!isAbsolute(prefix) || climbs(path(prefix))) {
        throw new IllegalArgumentException(
            "--allow-uri "
                + prefix
                + ": expected SCHEME://AUTHORITY/FOLDER or /FOLDER, without \"..\"");
      }
    }
  }

  /** Whether a file may be opened. */
  public boolean allows(String uri) {
    if (prefixes.isEmpty()) {
      return true;
    }
    if (!isAbsolute(uri)) {
      return false;
    }
    Path asked;
    try {
      asked = path(uri);
    } catch (IllegalArgumentException e) {
      return false;
    }
    return !climbs(asked) && prefixes.stream().anyMatch(prefix -> covers(path(prefix), asked));
  }

  private static boolean isAbsolute(String uri) {
    return uri.startsWith("/") || SCHEME.matcher(uri).matches();
  }

  private static Path path(String uri) {
    return new Path(uri.startsWith("/") ? "file://" + uri : uri);
  }

  private static boolean climbs(Path path) {
    return CLIMBS.matcher(path.toUri().getPath()).find();
  }

  private static boolean covers(Path prefix, Path asked) {
    if (!place(prefix).equals(place(asked))) {
      return false;
    }
    String folder = folder(prefix.toUri().getPath());
    return folder(asked.toUri().getPath()).startsWith(folder);
  }

  private static String place(Path path) {
    String scheme = path.toUri().getScheme();
    String authority = path.toUri().getAuthority();
    return scheme.toLowerCase(Locale.ROOT) + "://" + (authority == null ? "" : authority);
  }

  private static String folder(String path) {
    return path.endsWith("/") ? path : path + "/";
  }
}
