package io.stoker.runtime;

import io.stoker.storage.FileTree;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads files with the names of classes. */
final class Labels {
  /** Tens of millions of names; a wrong file soon has more. */
  private static final long MAX_BYTES = 1L << 30;

  private Labels() {}

  /**
   * The names, in the order of the classes.
   *
   * @param uri a text file in UTF-8 on any Hadoop file system, one name a line
   * @param problems gets why it cannot be read, or which line is empty
   */
  static List<String> read(String uri, Map<String, String> hadoop, List<String> problems) {
    Map<String, byte[]> files;
    try {
      files = new FileTree(hadoop).read(uri, MAX_BYTES);
    } catch (FileNotFoundException e) {
      return refused(uri, "does not exist", problems);
    } catch (IOException e) {
      return refused(uri, "cannot be read (" + e.getMessage() + ")", problems);
    }
    byte[] bytes = files.get("");
    return bytes == null
        ? refused(uri, "is a folder", problems)
        : parse(uri, new String(bytes, StandardCharsets.UTF_8), problems);
  }

  static List<String> parse(String uri, String text, List<String> problems) {
    String content = text.startsWith("\uFEFF") ? text.substring(1) : text; // some editors' mark
    var names = new ArrayList<String>();
    try (Stream<String> lines = content.stripTrailing().lines()) {
      lines.map(String::strip).forEach(names::add);
    }
    int empty = names.indexOf("");
    if (names.isEmpty() || empty >= 0) {
      String what = names.isEmpty() ? "is empty" : "has no name in line " + (empty + 1);
      return refused(uri, what, problems);
    }
    return List.copyOf(names);
  }

  private static List<String> refused(String uri, String what, List<String> problems) {
    problems.add(
        "--labels "
            + uri
            + " "
            + what
            + "; expected a text file with the name of one class a line, in the order of the"
            + " model's scores");
    return List.of();
  }
}
