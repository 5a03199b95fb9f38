package io.stoker.spark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of an output, while it is made: begun, then published or abandoned. Where an earlier
 * output is to be replaced, the new one is made beside it. Not thread-safe.
 */
final class OutputFolder {
  /** Our own files: what begins with an underscore is invisible to Spark's readers. */
  static final String OURS = "_stoker";

  /** The run record, within an output. */
  static final String RECORD = OURS + "/run.json";

  /** Spark's option that makes it leave a {@code _SUCCESS} behind, which is for us to do. */
  static final String NO_MARKER = "mapreduce.fileoutputcommitter.marksuccessfuljobs";

  /**
   * Schemes with real folders. An object store would be left with a marker where its listing does
   * not show it again; there {@link #begin} tells what is wrong, a moment later.
   */
  private static final Set<String> FOLDERS = Set.of("file", "hdfs", "viewfs", "abfs", "abfss");

  private static final String MARKER = "_SUCCESS";
  private static final Logger LOG = LoggerFactory.getLogger(OutputFolder.class);

  private final FileSystem files;
  private final Path target;
  private final Path work;
  private final boolean existed;

  private OutputFolder(FileSystem files, Path target, Path work, boolean existed) {
    this.files = files;
    this.target = target;
    this.work = work;
    this.existed = existed;
  }

  /**
   * Looks at what is there, and whether a folder can be made. Changes nothing in the end: what is
   * made to try it is removed again.
   *
   * @param run id of the run, for names that no other run uses
   * @param problems gets why nothing can be written there
   * @return null if there is a problem
   */
  static @Nullable OutputFolder look(
      OutputOptions options, String run, Configuration hadoop, List<String> problems) {
    try {
      var given = new Path(options.folder());
      FileSystem files = given.getFileSystem(hadoop);
      Path target = files.makeQualified(given);
      FileStatus[] found = files.exists(target) ? files.listStatus(target) : new FileStatus[0];
      String problem = problem(options, target, found, files);
      if (problem != null) {
        problems.add(problem);
        return null;
      }
      Path work =
          found.length == 0
              ? target
              : new Path(target.getParent(), "_" + target.getName() + ".stoker-" + run);
      var folder = new OutputFolder(files, target, work, files.exists(target));
      if (FOLDERS.contains(files.getUri().getScheme())) {
        folder.tryOut();
      }
      return folder;
    } catch (IOException | RuntimeException e) { // Hadoop throws what it likes of URIs and plugins
      if (Failures.isInterrupt(e)) {
        throw Failures.asUnchecked(e);
      }
      problems.add(
          "the output "
              + options.folder()
              + " cannot be written: "
              + Failures.firstLine(e)
              + "; choose another folder, or see that this one can be reached and written");
      return null;
    }
  }

  /** Whether there is a run record without the marker that a good end leaves. */
  static boolean isUnproven(Configuration hadoop, String folder) throws IOException {
    var path = new Path(folder);
    FileSystem files = path.getFileSystem(hadoop);
    return files.exists(new Path(path, OURS)) && !files.exists(new Path(path, MARKER));
  }

  private static @Nullable String problem(
      OutputOptions options, Path target, FileStatus[] found, FileSystem files) throws IOException {
    if (files.exists(target) && !files.getFileStatus(target).isDirectory()) {
      return "the output " + target + " is a file; choose a folder";
    } else if (found.length == 0) {
      return null;
    } else if (options.mode() == OutputOptions.Mode.ERROR) {
      return "the output "
          + target
          + " is not empty; choose another folder, or replace an earlier output with --mode"
          + " overwrite";
    } else if (!files.exists(new Path(target, OURS)) || target.getParent() == null) {
      return "the output "
          + target
          + " holds other files than an output of Stoker's ("
          + Arrays.stream(found)
              .limit(3)
              .map(status -> status.getPath().getName())
              .collect(Collectors.joining(", "))
          + "), which --mode overwrite would delete; choose another folder";
    }
    return null;
  }

  /**
   * Makes the folder.
   *
   * @throws StokerException if that cannot be done
   */
  void begin() {
    String why;
    try {
      if (files.mkdirs(new Path(work, OURS))) {
        return;
      }
      why = "the file system refuses";
    } catch (IOException e) {
      why = String.valueOf(e.getMessage());
    }
    throw StokerException.refused(
        List.of(
            "the output "
                + target
                + " cannot be made ("
                + why
                + "); choose a folder in which you may write"));
  }

  /** Makes the folder and removes it, with all those above it that were not there. */
  private void tryOut() throws IOException {
    var missing = new ArrayList<Path>();
    Path there = new Path(work, OURS);
    while (there.getParent() != null && !files.exists(there)) {
      missing.add(there);
      there = there.getParent();
    }
    if (!files.getFileStatus(there).isDirectory()) {
      throw new IOException(there + " is a file");
    }
    // For the mode of a local folder Hadoop runs a command, and would forget an interrupt by it.
    boolean interrupted = Thread.interrupted();
    try {
      if (!files.mkdirs(missing.get(0))) {
        throw new IOException("no folder can be made in " + there);
      }
    } finally {
      missing.forEach(this::removeEmpty);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Not recursively: somebody else may have put something there meanwhile. */
  private void removeEmpty(Path folder) {
    try {
      files.delete(folder, false);
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} is not removed", folder, e);
    }
  }

  /** Where the numbered manifest goes. */
  String plan() {
    return new Path(work, OURS + "/plan").toString();
  }

  /** Where the rows go: where the output is, until and unless it replaces another. */
  String rows() {
    return work.toString();
  }

  /** Where the output is to be. */
  String target() {
    return target.toString();
  }

  /** Writes the run record. */
  void record(RunRecord record) throws IOException {
    try (var out = files.create(new Path(work, RECORD), true)) {
      out.write(record.toJson().getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Marks the output as proven, and puts it in the place of an earlier one. */
  void publish() throws IOException {
    files.create(new Path(work, MARKER), true).close();
    if (work.equals(target)) {
      return;
    }
    var old = new Path(target.getParent(), work.getName() + ".old");
    rename(target, old);
    try {
      rename(work, target);
    } catch (IOException e) {
      rename(old, target);
      throw e;
    }
    try {
      files.delete(old, true);
    } catch (IOException e) {
      LOG.warn("the replaced output {} could not be deleted; delete it by hand", old, e);
    }
  }

  /** Removes what was made, as if there had been no run. Throws nothing: it follows a failure. */
  void abandon() {
    try {
      if (!work.equals(target) || !existed) {
        files.delete(work, true);
        return;
      }
      // The folder was there, and empty.
      for (FileStatus status : files.listStatus(work)) {
        files.delete(status.getPath(), true);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("the unfinished output {} could not be deleted; delete it by hand", work, e);
    }
  }

  private void rename(Path from, Path to) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException("cannot rename " + from + " to " + to);
    }
  }
}
