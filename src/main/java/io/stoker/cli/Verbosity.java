package io.stoker.cli;

/** How much a command says of what goes on within. */
enum Verbosity {
  QUIET,
  /** With stack traces, and Spark's own log. */
  VERBOSE
}
