package io.stoker.cli;

import io.stoker.spark.StokerException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * {@code stoker}, under {@code submit/stoker}, {@code spark-submit} and as a job on a cluster that
 * has its session already.
 *
 * <p>The JVM is ended with the exit code only where the session is ours. On a given session this
 * returns when all went well, and throws what ended the command otherwise.
 */
public final class Main {
  private Main() {}

  /**
   * @param arguments a command and its flags
   * @throws StokerException on a given session, if the job was refused or ended with a code of its
   *     own
   * @throws IllegalArgumentException on a given session, if there are mistakes in the flags
   */
  public static void main(String[] arguments) throws Exception {
    boolean given = Session.isGiven();
    var out = new PrintWriter(System.out, true);
    var err = new PrintWriter(System.err, true);
    Ending ending;
    try (var backend = new SparkBackend(out, err)) {
      ending = new Cli(backend, out, err).run(arguments);
    }
    if (!given && exits(ending.code(), System.getProperty("spark.submit.deployMode"))) {
      System.exit(ending.code());
    }
    Throwable failure = ending.failure();
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof Exception exception) {
      throw exception;
    }
    if (ending.code() != ExitCode.DONE) {
      throw new IllegalArgumentException("mistakes in the flags; they are listed on stderr");
    }
  }

  /**
   * Whether to end the JVM: always with a failure's code, and where all went well so that no thread
   * of a library keeps it alive. But in cluster mode YARN takes any {@code System.exit} of the
   * driver's main for a failure.
   */
  static boolean exits(int code, @Nullable String deployMode) {
    return code != ExitCode.DONE || !"cluster".equals(deployMode);
  }
}
