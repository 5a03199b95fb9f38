package io.stoker.cli;

import io.stoker.runtime.RefusedException;
import io.stoker.spark.StokerException;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a command ended.
 *
 * @param code the exit code
 * @param failure what ended it, or null where nothing did or it never began
 */
record Ending(int code, @Nullable Throwable failure) {
  static Ending code(int code) {
    return new Ending(code, null);
  }

  /** A command that ended with this failure. */
  static Ending of(Throwable failure) {
    if (failure instanceof StokerException stoker) {
      return new Ending(stoker.exitCode(), failure);
    }
    if (failure instanceof RefusedException) {
      return new Ending(ExitCode.REFUSED, failure);
    }
    if (failure instanceof InterruptedException) {
      return new Ending(ExitCode.INTERRUPTED, failure);
    }
    return new Ending(ExitCode.UNEXPECTED, failure);
  }

  /** Says in plain words how it ended; with the stack trace if that is wanted. */
  void print(PrintWriter err, boolean verbose) {
    if (failure == null) {
      return;
    }
    switch (code) {
      case ExitCode.INTERRUPTED -> err.println("stoker: interrupted; nothing was committed");
      case ExitCode.UNEXPECTED ->
          err.println(
              "stoker: failed unexpectedly: "
                  + failure.toString().lines().findFirst().orElse("")
                  + (verbose ? "" : " (--verbose shows the stack trace)"));
      default -> {
        err.println("stoker: " + heading());
        problems(failure).forEach(problem -> err.println("  - " + problem));
      }
    }
    if (verbose) {
      failure.printStackTrace(err);
    }
  }

  private String heading() {
    return switch (code) {
      case ExitCode.USAGE -> "mistakes in the flags";
      case ExitCode.REFUSED -> "refused before the start";
      case ExitCode.TOO_MANY_FAILURES -> "too many regions failed";
      case ExitCode.ACCOUNTING -> "the output does not hold each region exactly once";
      default -> "ended with code " + code;
    };
  }

  private static List<String> problems(Throwable failure) {
    if (failure instanceof StokerException stoker) {
      return stoker.problems();
    }
    if (failure instanceof RefusedException refused) {
      return refused.problems();
    }
    return List.of(String.valueOf(failure.getMessage()));
  }
}
