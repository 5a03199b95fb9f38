package io.stoker.spark;

import io.stoker.runtime.RefusedException;
import io.stoker.spark.StokerException.Exit;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;

/** What to do with exceptions that come out of Spark and Hadoop, checked ones undeclared. */
final class Failures {
  private Failures() {}

  /** Whether the calling thread was interrupted and this came of it. */
  static boolean isInterrupt(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof InterruptedException
          || cause instanceof ClosedByInterruptException
          // Not its subclasses, which are timeouts of sockets and connections.
          || cause.getClass() == InterruptedIOException.class) {
        return true;
      }
    }
    return Thread.currentThread().isInterrupted();
  }

  /** The same in a form that need not be declared. An interrupt sets the thread's flag again. */
  static RuntimeException asUnchecked(Exception thrown) {
    if (isInterrupt(thrown)) {
      Thread.currentThread().interrupt();
      return new StokerException(Exit.INTERRUPTED, List.of("interrupted"), null, thrown);
    }
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof RefusedException refused) {
        // An executor found what the driver could not know: no such device, too little memory.
        return new StokerException(Exit.REFUSED, refused.problems(), null, thrown);
      }
    }
    if (thrown instanceof RuntimeException unchecked) {
      return unchecked;
    } else if (thrown instanceof IOException io) {
      return new UncheckedIOException(io);
    }
    return new IllegalStateException("the Spark job failed: " + thrown.getMessage(), thrown);
  }

  /** Of its message, in which libraries begin with an empty line at times. */
  static String firstLine(Exception e) {
    String message = e.getMessage();
    return message == null
        ? e.toString()
        : message.lines().filter(line -> !line.isBlank()).findFirst().orElse(e.toString());
  }

  /** Runs what has to be done even by an interrupted thread, whose flag would end all I/O. */
  static void uninterrupted(Runnable action) {
    boolean interrupted = Thread.interrupted();
    try {
      action.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
