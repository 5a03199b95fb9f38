package io.stoker.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The README's first command, run once a test run, into {@code target/example}.
 *
 * @param code its exit code
 * @param out what it wrote to stdout
 * @param err what it wrote to stderr
 */
public record ExampleRun(int code, String out, String err) {
  private static final long MAX_MINUTES = 8;

  private static @Nullable ExampleRun done;

  /** The run, now if there was none. */
  public static synchronized ExampleRun get() throws IOException, InterruptedException {
    ExampleRun run = done;
    if (run == null) {
      run = run();
      done = run;
    }
    return run;
  }

  /** Where it leaves its files. */
  public static Path folder() {
    return SparkHome.target().resolve("example");
  }

  private static ExampleRun run() throws IOException, InterruptedException {
    SparkHome.of(SparkHome.SPARK_4_1); // or the launcher would fetch it, at this test's time
    Path folder = Files.createTempDirectory("stoker-example");
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process example =
        new ProcessBuilder("submit/example")
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    example.getOutputStream().close();
    if (!example.waitFor(MAX_MINUTES, TimeUnit.MINUTES)) {
      example.destroyForcibly();
    }
    var run = new ExampleRun(example.waitFor(), Files.readString(out), Files.readString(err));
    Files.delete(out);
    Files.delete(err);
    Files.delete(folder);
    return run;
  }
}
