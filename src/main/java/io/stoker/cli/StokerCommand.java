package io.stoker.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** What every command has. */
abstract class StokerCommand {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  boolean help;

  @Option(
      names = {"-v", "--verbose"},
      description = "Show stack traces, and Spark's own log.")
  boolean verbose;

  /** What is wrong with the flags together, each flag's value being good; empty if nothing is. */
  abstract List<String> check(Given given);

  abstract void run(Backend backend) throws Exception;

  Verbosity verbosity() {
    return verbose ? Verbosity.VERBOSE : Verbosity.QUIET;
  }
}
