package io.stoker.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * From arguments to an exit code: finds every mistake in the flags before anything runs, then runs
 * the command, and says in plain words how it ended.
 */
final class Cli {
  private final Backend backend;
  private final PrintWriter out;
  private final PrintWriter err;

  Cli(Backend backend, PrintWriter out, PrintWriter err) {
    this.backend = backend;
    this.out = out;
    this.err = err;
  }

  /** How a command ended; no failure where the code is 0 or the mistake was in the flags. */
  Ending run(String... arguments) {
    CommandLine line = commandLine();
    ParseResult parsed = line.parseArgs(withoutHelpCommand(arguments));
    boolean unknownCommand = !parsed.hasSubcommand() && !parsed.unmatched().isEmpty();
    Integer helped = unknownCommand ? null : CommandLine.executeHelpRequest(parsed);
    if (helped != null) {
      return Ending.code(helped);
    }
    if (!parsed.hasSubcommand()) {
      var problems = problems(parsed);
      problems.add("a command is missing, expected one of " + names(line));
      return misused("stoker", problems);
    }
    ParseResult sub = parsed.subcommand();
    var command = (StokerCommand) sub.commandSpec().userObject();
    var problems = problems(parsed);
    problems.addAll(problems(sub));
    var given = new Given(List.of(arguments));
    problems.addAll(repeated(sub, given));
    problems.addAll(command.check(given));
    if (!problems.isEmpty()) {
      return misused("stoker " + sub.commandSpec().name(), problems);
    }
    return run(command);
  }

  /** {@code help predict} is {@code predict --help}, as many tools have it. */
  private static String[] withoutHelpCommand(String... arguments) {
    if (arguments.length == 0 || !arguments[0].equals("help")) {
      return arguments;
    }
    return arguments.length == 1 ? new String[] {"--help"} : new String[] {arguments[1], "--help"};
  }

  private Ending run(StokerCommand command) {
    try {
      command.run(backend);
      return Ending.code(ExitCode.DONE);
    } catch (
        Throwable e) { // also a missing class or an error of the JVM must end in one clear line
      Ending ending = Ending.of(e);
      ending.print(err, command.verbosity());
      return ending;
    } finally {
      out.flush();
      err.flush();
    }
  }

  private Ending misused(String command, List<String> problems) {
    err.println(
        command + ": " + (problems.size() == 1 ? "a mistake" : "mistakes") + " in the flags");
    problems.forEach(problem -> err.println("  - " + problem));
    err.println("See " + command + " --help.");
    err.flush();
    return Ending.code(ExitCode.USAGE);
  }

  private static List<String> problems(ParseResult parsed) {
    var problems = new ArrayList<String>();
    for (Exception error : parsed.errors()) {
      if (!(error instanceof UnmatchedArgumentException)) {
        problems.add(FlagError.text(error));
      }
    }
    parsed.matchedOptions().stream()
        .filter(option -> option.originalStringValues().contains(""))
        .map(option -> option.longestName() + " is empty, expected " + option.paramLabel())
        .forEach(problems::add);
    problems.addAll(unmatched(parsed));
    return problems;
  }

  /** Not from picocli's error, of which there is none beside {@code --help}. */
  private static List<String> unmatched(ParseResult parsed) {
    var problems = new ArrayList<String>();
    boolean isValue = false;
    for (String argument : parsed.unmatched()) {
      boolean flag = argument.startsWith("-");
      if (flag || !isValue) {
        String name = Printable.text(flag ? argument.replaceFirst("(?s)=.*", "") : argument);
        problems.add(
            (flag ? "there is no flag " + name : "\"" + name + "\" is not expected here")
                + suggestion(parsed.commandSpec().commandLine(), argument));
      }
      // What follows an unknown flag is most likely meant for it.
      isValue = flag && !argument.contains("=");
    }
    return problems;
  }

  /** Asked for one argument: of several, picocli suggests for the first alone. */
  private static String suggestion(CommandLine line, String argument) {
    List<String> near = new UnmatchedArgumentException(line, List.of(argument)).getSuggestions();
    return near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?";
  }

  /** Picocli does not see repetitions in groups of flags: the last value would win unseen. */
  private static List<String> repeated(ParseResult parsed, Given given) {
    return parsed.commandSpec().options().stream()
        .filter(option -> !option.isMultiValue() && given.times(option.longestName()) > 1)
        .map(option -> option.longestName() + " is given several times, expected once")
        .toList();
  }

  private static String names(CommandLine line) {
    return String.join(", ", line.getSubcommands().keySet());
  }

  private CommandLine commandLine() {
    CommandLine line =
        new CommandLine(new Root())
            .addSubcommand(new PredictCommand())
            .addSubcommand(new ShowCommand())
            .addSubcommand(new InspectCommand())
            .addSubcommand(new DoctorCommand())
            .addSubcommand(new BenchCommand())
            .addSubcommand(new ExampleCommand())
            .setOut(out)
            .setErr(err);
    collectErrors(line);
    line.getSubcommands().values().forEach(Cli::collectErrors);
    return line;
  }

  /** All mistakes at once, where picocli would stop at the first. */
  private static void collectErrors(CommandLine line) {
    line.getCommandSpec().parser().collectErrors(true);
  }

  /** {@code stoker} itself. */
  @Command(
      name = "stoker",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      usageHelpWidth = 98,
      synopsisSubcommandLabel = "COMMAND",
      description = "Predicts regions of images with TensorFlow on Spark.",
      commandListHeading = "%nCommands (each has --help):%n")
  private static final class Root {}

  /** The jar's version and the machine's Java. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Cli.class.getPackage().getImplementationVersion();
      return new String[] {
        "stoker "
            + (version == null ? "(not from a jar)" : version)
            + ", Java "
            + System.getProperty("java.version")
      };
    }
  }
}
