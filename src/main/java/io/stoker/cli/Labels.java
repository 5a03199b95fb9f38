package io.stoker.cli;

import io.stoker.runtime.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** Reads the file that {@code --labels} names. */
final class Labels {
  private Labels() {}

  /**
   * The names, in the order of the classes.
   *
   * @param uri a text file in UTF-8 on any Hadoop file system, one name a line
   * @throws RefusedException if it cannot be read, or a line is empty
   */
  static List<String> read(SparkSession spark, String uri) throws RefusedException {
    List<String> files;
    try {
      files =
          spark
              .read()
              .option("wholetext", true) // a row a file, so that lines keep their order
              .textFile(uri)
              .collectAsList();
    } catch (Exception e) { // Scala throws checked exceptions unannounced, AnalysisException too
      throw refused(uri, "cannot be read (" + firstLine(e) + ")");
    }
    if (files.size() != 1) {
      throw refused(uri, "holds " + files.size() + " files");
    }
    return parse(uri, files.get(0));
  }

  static List<String> parse(String uri, String text) throws RefusedException {
    String content = text.startsWith("\uFEFF") ? text.substring(1) : text; // some editors' mark
    var names = new ArrayList<String>();
    try (Stream<String> lines = content.stripTrailing().lines()) {
      lines.map(String::strip).forEach(names::add);
    }
    int empty = names.indexOf("");
    if (names.isEmpty() || empty >= 0) {
      throw refused(uri, names.isEmpty() ? "is empty" : "has no name in line " + (empty + 1));
    }
    return List.copyOf(names);
  }

  private static RefusedException refused(String uri, String what) {
    return new RefusedException(
        List.of(
            "--labels "
                + uri
                + " "
                + what
                + "; expected a text file with the name of one class a line, in the order of the"
                + " model's scores"));
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
