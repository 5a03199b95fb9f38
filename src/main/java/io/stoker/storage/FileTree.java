package io.stoker.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** Reads a file, or all files of a folder, into memory: models, label files. */
public final class FileTree {
  private final Configuration configuration;

  /**
   * @param settings file system settings by name, complete
   */
  public FileTree(Map<String, String> settings) {
    configuration = new Configuration(false);
    settings.forEach(configuration::set);
  }

  /**
   * Contents by path relative to {@code uri}, with {@code /}; a single file has the path {@code
   * ""}.
   *
   * @param maxBytes of all files together
   * @throws FileNotFoundException if there is nothing
   * @throws IOException if reading fails or there is more than {@code maxBytes}
   */
  public Map<String, byte[]> read(String uri, long maxBytes) throws IOException {
    Path root;
    try {
      root = new Path(uri);
    } catch (IllegalArgumentException e) {
      throw new FileNotFoundException("\"" + uri + "\" is no path: " + e.getMessage());
    }
    FileSystem files = root.getFileSystem(configuration);
    root = files.makeQualified(root);
    var contents = new TreeMap<String, byte[]>();
    long left = maxBytes;
    // Of a file this lists the file itself.
    RemoteIterator<LocatedFileStatus> listing = files.listFiles(root, true);
    while (listing.hasNext()) {
      LocatedFileStatus file = listing.next();
      left -= file.getLen();
      if (left < 0) {
        throw new IOException(uri + " has more than " + maxBytes + " bytes");
      }
      contents.put(relative(root, file.getPath()), read(files, file));
    }
    return contents;
  }

  private static byte[] read(FileSystem files, LocatedFileStatus file) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(file.getLen())];
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
