package io.stoker.cli;

import io.stoker.runtime.RefusedException;
import io.stoker.spark.StokerException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a command ended.
 *
 * @param code the exit code
 * @param failure what ended it, or null where nothing did or it never began
 */
record Ending(int code, @Nullable Throwable failure) {
  /** Causes may go in circles. */
  private static final int MAX_CAUSES = 50;

  static Ending code(int code) {
    return new Ending(code, null);
  }

  /** A command that ended with this failure. */
  static Ending of(Throwable failure) {
    if (failure instanceof StokerException stoker) {
      return new Ending(stoker.exitCode(), failure);
    }
    if (failure instanceof UsageException) {
      return new Ending(ExitCode.USAGE, failure);
    }
    if (failure instanceof RefusedException) {
      return new Ending(ExitCode.REFUSED, failure);
    }
    if (isInterruption(failure)) {
      return new Ending(ExitCode.INTERRUPTED, failure);
    }
    return new Ending(ExitCode.UNEXPECTED, failure);
  }

  /** Spark wraps what interrupted it. */
  private static boolean isInterruption(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .limit(MAX_CAUSES)
        .anyMatch(InterruptedException.class::isInstance);
  }

  /** Says in plain words how it ended; with the stack trace if that is wanted. */
  void print(PrintWriter err, Verbosity verbosity) {
    if (failure == null) {
      return;
    }
    switch (code) {
      case ExitCode.INTERRUPTED -> err.println("stoker: interrupted; nothing was committed");
      case ExitCode.UNEXPECTED -> printUnexpected(err, failure, verbosity);
      default -> {
        err.println("stoker: " + heading());
        problems(failure).forEach(problem -> err.println("  - " + Printable.paths(problem)));
      }
    }
    if (verbosity == Verbosity.VERBOSE) {
      failure.printStackTrace(err);
    }
  }

  private static void printUnexpected(PrintWriter err, Throwable failure, Verbosity verbosity) {
    String what = failure.toString().lines().findFirst().orElse("");
    String cause = RootCause.message(failure);
    err.println("stoker: failed unexpectedly: " + Printable.paths(what));
    if (!what.contains(cause)) {
      err.println("  - because of: " + Printable.paths(cause));
    }
    if (RootCause.isOutOfReach(failure)) {
      err.println(
          "  - the store, or the network to it, is out of reach; run it again when it is back");
    }
    if (verbosity != Verbosity.VERBOSE) {
      err.println("--verbose shows the stack trace.");
    }
  }

  private String heading() {
    return switch (code) {
      case ExitCode.USAGE -> "cannot start so";
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
