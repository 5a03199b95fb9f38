package io.stoker.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stoker example}: draws landscapes, predicts their land cover, paints a map. */
@Command(
    name = "example",
    sortOptions = false,
    usageHelpWidth = 98,
    header = "Draw landscapes, predict their land cover, show what came out.")
final class ExampleCommand extends StokerCommand {
  /** Where the example lies if nobody says. */
  static final String FOLDER = "target/example";

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "Where images, manifest, predictions and map go. Default: target/example.")
  Path folder = Path.of(FOLDER);

  @Override
  List<String> check(Given given) {
    return List.of();
  }

  @Override
  void run(Backend backend) throws Exception {
    backend.example(folder, verbosity());
  }
}
