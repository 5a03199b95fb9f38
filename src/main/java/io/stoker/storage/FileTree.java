package io.stoker.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Reads a file, or all files of a folder, into memory: models, label files. Thread-safe. */
public final class FileTree {
  /** No model has as many; a wrong folder, such as the root, soon does. */
  private static final int MAX_FILES = 10_000;

  /** The JVM's longest array. */
  private static final int MAX_FILE_BYTES = Integer.MAX_VALUE - 8;

  private final FileSystems fileSystems;
  private final int maxFiles;

  /**
   * @param settings file system settings by name, complete
   */
  public FileTree(Map<String, String> settings) {
    this(settings, MAX_FILES);
  }

  FileTree(Map<String, String> settings, int maxFiles) {
    fileSystems = FileSystems.of(settings);
    this.maxFiles = maxFiles;
  }

  /**
   * Contents by path relative to {@code uri}, with {@code /}; a single file has the path {@code
   * ""}.
   *
   * @param maxBytes of all files together; nothing is read where there are more
   * @throws FileNotFoundException if there is nothing
   * @throws java.nio.file.AccessDeniedException if it may not be read
   * @throws IOException if reading fails, or there are more than {@code maxBytes} or 10,000 files
   */
  public Map<String, byte[]> read(String uri, long maxBytes) throws IOException {
    try {
      Path path = fileSystems.path(uri);
      FileSystem files = fileSystems.of(path);
      Path root = files.makeQualified(path);
      var contents = new TreeMap<String, byte[]>();
      for (LocatedFileStatus file : list(uri, files, root, maxBytes)) {
        contents.put(relative(root, file.getPath()), read(files, file));
      }
      return contents;
    } catch (IOException | RuntimeException e) {
      throw FileSystems.explained(uri, e);
    }
  }

  private List<LocatedFileStatus> list(String uri, FileSystem files, Path root, long maxBytes)
      throws IOException {
    var found = new ArrayList<LocatedFileStatus>();
    long left = maxBytes;
    // Of a file this lists the file itself.
    RemoteIterator<LocatedFileStatus> listing = files.listFiles(root, true);
    while (listing.hasNext()) {
      LocatedFileStatus file = listing.next();
      left -= file.getLen();
      found.add(file);
      if (left < 0 || file.getLen() > MAX_FILE_BYTES) {
        throw new IOException(
            String.format(
                "%s has more than %,d bytes; is it the right one?",
                uri, Math.min(maxBytes, MAX_FILE_BYTES)));
      }
      if (found.size() > maxFiles) {
        throw new IOException(
            String.format("%s has more than %,d files; is it the right one?", uri, maxFiles));
      }
    }
    return found;
  }

  private static byte[] read(FileSystem files, LocatedFileStatus file) throws IOException {
    byte[] bytes = new byte[(int) file.getLen()];
    try (var stream = files.open(file.getPath())) {
      stream.readFully(0, bytes);
    }
    return bytes;
  }

  private static String relative(Path root, Path file) {
    String folder = root.toUri().getPath();
    String path = file.toUri().getPath();
    if (path.equals(folder)) {
      return "";
    }
    return path.substring(folder.endsWith("/") ? folder.length() : folder.length() + 1);
  }
}
