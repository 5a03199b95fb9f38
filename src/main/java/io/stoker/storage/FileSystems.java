package io.stoker.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;

/**
 * Hadoop's file systems, which Hadoop itself keeps open and shares. Sorts what they throw into
 * three kinds: not found, denied, and everything else. Thread-safe.
 *
 * @param configuration not changed, must not be changed meanwhile
 */
record FileSystems(Configuration configuration) {
  /**
   * @param settings by name, complete: no site files are read
   */
  static FileSystems of(Map<String, String> settings) {
    var configuration = new Configuration(false);
    settings.forEach(configuration::set);
    return new FileSystems(configuration);
  }

  /**
   * @throws IllegalArgumentException if it is none
   */
  Path path(String uri) {
    return new Path(uri);
  }

  FileSystem of(Path path) throws IOException {
    FileSystem files = path.getFileSystem(configuration);
    // The checksummed one looks for a sidecar beside every file.
    return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
  }

  /** What to throw instead: names the URI, and keeps the original as its cause. */
  static IOException explained(String uri, Exception thrown) {
    if (thrown instanceof AccessControlException || thrown instanceof AccessDeniedException) {
      return denied(uri, thrown);
    }
    if (thrown instanceof FileNotFoundException) {
      // What the JDK throws for a local file that may not be read.
      String message = thrown.getMessage();
      return message != null && message.endsWith("(Permission denied)")
          ? denied(uri, thrown)
          : notFound(uri, thrown);
    }
    if (thrown instanceof NoSuchFileException || thrown instanceof UnsupportedFileSystemException) {
      return notFound(uri, thrown);
    }
    if (thrown instanceof IllegalArgumentException) {
      // A name that does not resolve may be the network's fault; all else is the URI's.
      return thrown.getCause() instanceof UnknownHostException
          ? new IOException(uri + ": " + thrown.getMessage(), thrown)
          : notFound(uri, thrown);
    }
    return thrown instanceof IOException other
        ? other
        : new IOException(uri + ": " + thrown, thrown);
  }

  private static FileNotFoundException notFound(String uri, Exception cause) {
    var exception = new FileNotFoundException(uri + ": " + cause.getMessage());
    exception.initCause(cause);
    return exception;
  }

  private static AccessDeniedException denied(String uri, Exception cause) {
    var exception = new AccessDeniedException(uri, null, cause.getMessage());
    exception.initCause(cause);
    return exception;
  }
}
