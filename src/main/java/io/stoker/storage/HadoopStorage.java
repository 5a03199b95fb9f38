package io.stoker.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;

/**
 * Files on any Hadoop file system. A URI is read as Hadoop and Spark read it: what follows the
 * authority is the path as it is, so spaces, {@code %} and {@code #} stand for themselves.
 *
 * <p>One status call and one open a file; nothing is listed. Thread-safe.
 */
public final class HadoopStorage implements Storage {
  private final FileSystems fileSystems;
  private final LongAdder opens = new LongAdder();
  private final LongAdder reads = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  /**
   * @param settings file system settings by name, complete: no site files are read
   */
  public HadoopStorage(Map<String, String> settings) {
    fileSystems = FileSystems.of(settings);
  }

  /**
   * @param configuration not changed, must not be changed meanwhile
   */
  public HadoopStorage(Configuration configuration) {
    fileSystems = new FileSystems(configuration);
  }

  @Override
  public StoredFile open(String uri) throws IOException {
    try {
      Path path = fileSystems.path(uri);
      FileSystem files = fileSystems.of(path);
      FileStatus status = files.getFileStatus(path);
      if (status.isDirectory()) {
        throw new FileNotFoundException("it is a folder, expected a file");
      }
      if (status.getLen() < 0) { // http
        throw new FileNotFoundException(
            "the " + files.getScheme() + " file system does not tell a file's length; copy it");
      }
      var file = new HadoopFile(stream(files, status), status.getLen());
      opens.increment();
      return file;
    } catch (IOException | RuntimeException e) {
      throw FileSystems.explained(uri, e);
    }
  }

  /** What was read since this was made. */
  public StorageCounts counts() {
    return new StorageCounts(opens.sum(), reads.sum(), bytes.sum());
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

  /** A file being read. */
  private final class HadoopFile implements StoredFile {
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
      reads.increment();
      bytes.add(count);
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}
