package io.stoker.cli;

/** The command was started in a way that cannot work: exit code 2. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1;

  UsageException(String problem) {
    super(problem);
  }
}
