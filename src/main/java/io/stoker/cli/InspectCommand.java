package io.stoker.cli;

import io.stoker.runtime.PredictSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stoker inspect}: what a model is. */
@Command(
    name = "inspect",
    sortOptions = false,
    usageHelpWidth = 98,
    customSynopsis = "stoker inspect MODEL [--signature NAME] [--fetch NAME]… [--json]",
    header = "Say what a model is, and what predict would make of it.",
    footer = {"", "Example:", "  stoker inspect models/resnet50 --json"})
final class InspectCommand extends StokerCommand {
  @Parameters(
      paramLabel = "MODEL",
      arity = "0..1",
      description =
          "A frozen GraphDef (.pb), or the folder of a SavedModel. Refused ones end with code 3.")
  @Nullable String model;

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = "The SavedModel's signature. Default: the one there is, or serving_default.")
  @Nullable String signature;

  @Option(
      names = "--fetch",
      paramLabel = "NAME",
      description = "A tensor to return, any of the graph; repeatable. Default: its outputs.")
  List<String> fetches = new ArrayList<>();

  @Option(
      names = "--trust-model",
      description = "Look at a model that touches files, network, processes or Python.")
  boolean trusted;

  @Option(names = "--json", description = "One JSON object instead of text.")
  boolean json;

  @Override
  List<String> check(Given given) {
    return model == null
        ? List.of("a model is missing, expected its file or folder: stoker inspect MODEL")
        : List.of();
  }

  @Override
  void run(Backend backend) throws Exception {
    PredictSpec.Builder spec =
        PredictSpec.model(Objects.requireNonNull(model)).signature(signature).trustModel(trusted);
    fetches.forEach(spec::fetch);
    backend.inspect(new InspectJob(spec.build(), json));
  }
}
