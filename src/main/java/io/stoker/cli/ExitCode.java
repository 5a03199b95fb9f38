package io.stoker.cli;

/** The process's exit codes, as README lists them. */
final class ExitCode {
  static final int DONE = 0;
  static final int UNEXPECTED = 1;
  static final int USAGE = 2;
  static final int REFUSED = 3;
  static final int TOO_MANY_FAILURES = 4;
  static final int ACCOUNTING = 5;
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
