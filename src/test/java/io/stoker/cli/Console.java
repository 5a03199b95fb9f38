package io.stoker.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command line said. */
final class Console {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  Ending run(Backend backend, String... arguments) {
    return new Cli(backend, new PrintWriter(out, true), new PrintWriter(err, true)).run(arguments);
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }
}
