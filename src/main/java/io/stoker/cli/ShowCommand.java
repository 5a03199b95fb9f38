package io.stoker.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stoker show}: some rows of an output, for a person. */
@Command(
    name = "show",
    sortOptions = false,
    usageHelpWidth = 98,
    customSynopsis = "stoker show --output URI [--where SQL] [--limit N] [--json]",
    header = "Print some rows of an output.",
    footer = {
      "",
      "Examples:",
      "  stoker show --output predictions",
      "  stoker show --output predictions --where \"status = 'failed'\" --limit 100"
    })
final class ShowCommand extends StokerCommand {
  @Option(names = "--output", paramLabel = "URI", description = "The folder that predict wrote.")
  @Nullable String output;

  @Option(names = "--where", paramLabel = "SQL", description = "Only rows for which this is true.")
  @Nullable String where;

  @Option(
      names = "--limit",
      paramLabel = "N",
      converter = Converter.Count.class,
      description = "At most so many rows. Default: 20.")
  int limit = 20;

  @Option(
      names = "--json",
      description = "A JSON object a line, with whole values, instead of a table.")
  boolean json;

  @Override
  List<String> check(Given given) {
    var problems = new ArrayList<String>();
    if (!given.has("--output")) {
      problems.add(
          "--output is missing, expected the URI of a folder that predict wrote:"
              + " stoker show --output FOLDER");
    }
    return problems;
  }

  @Override
  void run(Backend backend) throws Exception {
    backend.show(new ShowJob(Objects.requireNonNull(output), where, limit, json), verbosity());
  }
}
