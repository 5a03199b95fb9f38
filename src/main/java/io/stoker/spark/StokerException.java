package io.stoker.spark;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job was refused or ended badly in a way that has an exit code of its own. The session goes on.
 * Anything else that goes wrong is thrown as it is.
 */
public final class StokerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Why a job ended. */
  public enum Exit {
    /** Refused before any region was predicted; nothing was written. */
    REFUSED(3),
    /** More regions failed than allowed, or none was predicted; the output is kept, unproven. */
    TOO_MANY_FAILURES(4),
    /** The committed rows are not those of the manifest; the output is kept. */
    ACCOUNTING(5),
    /** The calling thread was interrupted; what was written is removed. */
    INTERRUPTED(130);

    private final int code;

    Exit(int code) {
      this.code = code;
    }

    /** The exit code that the command ends with. */
    public int code() {
      return code;
    }
  }

  private final Exit exit;
  private final List<String> problems;
  private final transient @Nullable RunRecord runRecord;

  StokerException(
      Exit exit, List<String> problems, @Nullable RunRecord runRecord, @Nullable Throwable cause) {
    super(String.join("\n", problems), cause);
    this.exit = exit;
    this.problems = List.copyOf(problems);
    this.runRecord = runRecord;
  }

  static StokerException refused(List<String> problems) {
    return new StokerException(Exit.REFUSED, problems, null, null);
  }

  /** Why. */
  public Exit exit() {
    return exit;
  }

  /** The exit code that the command ends with: 3, 4, 5 or 130. */
  public int exitCode() {
    return exit.code();
  }

  /** What is wrong and what to do, one an element. */
  public List<String> problems() {
    return problems;
  }

  /** The record of the run, as it also lies in the output; null where none was written. */
  public @Nullable RunRecord runRecord() {
    return runRecord;
  }
}
