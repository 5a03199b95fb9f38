package io.stoker.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.functional.FutureIO;

/**
 * Files on any Hadoop file system. A URI is read as Hadoop and Spark read it: what follows the
 * authority is the path as it is, so spaces, {@code %} and {@code #} stand for themselves.
 *
 * <p>One status call and one open a file; nothing is listed. Thread-safe.
 */
public final class HadoopStorage implements Storage {
  private final Configuration configuration;

  /**
   * @param settings file system settings by name, complete: no site files are read
   */
  public HadoopStorage(Map<String, String> settings) {
    this(configuration(settings));
  }

  /**
   * @param configuration not changed, must not be changed meanwhile
   */
  public HadoopStorage(Configuration configuration) {
    this.configuration = configuration;
  }

  private static Configuration configuration(Map<String, String> settings) {
    var configuration = new Configuration(false);
    settings.forEach(configuration::set);
    return configuration;
  }

  @Override
  public StoredFile open(String uri) throws IOException {
    Path path = path(uri);
    try {
      FileSystem files = fileSystem(path);
      FileStatus status = files.getFileStatus(path);
      if (status.isDirectory()) {
        throw new FileNotFoundException(uri + " is a folder, expected a file");
      }
      return new HadoopFile(stream(files, status), status.getLen());
    } catch (FileNotFoundException e) {
      throw deniedOrNotFound(uri, e);
    } catch (AccessControlException e) {
      throw denied(uri, e);
    } catch (UnsupportedFileSystemException e) {
      throw notFound(uri, e);
    }
  }

  private static FSDataInputStream stream(FileSystem files, FileStatus status) throws IOException {
    // The status spares object stores a second look at the file; old Hadoops skip the policy.
    return FutureIO.awaitFuture(
        files
            .openFile(status.getPath())
            .withFileStatus(status)
            .opt("fs.option.openfile.read.policy", "whole-file")
            .build());
  }

  private FileSystem fileSystem(Path path) throws IOException {
    FileSystem files = path.getFileSystem(configuration);
    // The checksummed one looks for a sidecar beside every file.
    return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
  }

  private static Path path(String uri) throws FileNotFoundException {
    try {
      return new Path(uri);
    } catch (IllegalArgumentException e) {
      throw notFound(uri, e);
    }
  }

  private static IOException deniedOrNotFound(String uri, FileNotFoundException e) {
    // What the JDK throws for a local file that may not be read.
    String message = e.getMessage();
    return message != null && message.endsWith("(Permission denied)")
        ? denied(uri, e)
        : notFound(uri, e);
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

  /** A file being read. */
  private static final class HadoopFile implements StoredFile {
    private final FSDataInputStream stream;
    private final long length;

    HadoopFile(FSDataInputStream stream, long length) {
      this.stream = stream;
      this.length = length;
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public void read(long position, byte[] buffer, int offset, int count) throws IOException {
      // Not the positioned read: on object stores that would be a request of its own each time.
      if (stream.getPos() != position) {
        stream.seek(position);
      }
      stream.readFully(buffer, offset, count);
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}
