package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.runtime.RefusedException;
import io.stoker.spark.StokerException;
import io.stoker.spark.StokerExceptions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EndingTest {
  private final Console console = new Console();
  private final RecordingBackend backend = new RecordingBackend();

  @Test
  void aRefusalListsEveryProblem() {
    backend.failingWith(new RefusedException(List.of("no model", "no memory")));

    assertThat(run().code()).isEqualTo(3);
    assertThat(console.err())
        .isEqualTo(
            """
            stoker: refused before the start
              - no model
              - no memory
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "REFUSED, 3, refused before the start",
    "TOO_MANY_FAILURES, 4, too many regions failed",
    "ACCOUNTING, 5, the output does not hold each region exactly once"
  })
  void theJobsOwnCodeIsKept(StokerException.Exit exit, int code, String heading) {
    backend.failingWith(StokerExceptions.of(exit, "what happened"));

    assertThat(run().code()).isEqualTo(code);
    assertThat(console.err()).isEqualTo("stoker: " + heading + "\n  - what happened\n");
  }

  @Test
  void anInterruptEndsWith130() {
    backend.failingWith(new InterruptedException());

    assertThat(run().code()).isEqualTo(130);
    assertThat(console.err()).isEqualTo("stoker: interrupted; nothing was committed\n");
  }

  @Test
  void theUnexpectedIsToldInALineWithItsCause() {
    backend.failingWith(new IllegalStateException("the ring broke\nin two"));

    assertThat(run().code()).isEqualTo(1);
    assertThat(console.err())
        .isEqualTo(
            "stoker: failed unexpectedly: java.lang.IllegalStateException: the ring broke\n"
                + "--verbose shows the stack trace.\n");
  }

  @Test
  void theCauseAndAStoreOutOfReachAreNamed() {
    backend.failingWith(
        new IllegalStateException("a task failed", new java.net.ConnectException("timed out")));

    assertThat(run().code()).isEqualTo(1);
    assertThat(console.err())
        .contains("  - because of: timed out\n", "  - the store, or the network to it, is out of");
  }

  @Test
  void verboseAddsTheStackTrace() {
    backend.failingWith(new IllegalStateException("the ring broke"));

    assertThat(run("--verbose").code()).isEqualTo(1);
    assertThat(console.err()).contains("\tat io.stoker.cli.EndingTest");
  }

  private Ending run(String... further) {
    String[] arguments = {"predict", "--manifest=m", "--model=f", "--output=o"};
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + further.length);
    System.arraycopy(further, 0, all, arguments.length, further.length);
    return console.run(backend, all);
  }
}
