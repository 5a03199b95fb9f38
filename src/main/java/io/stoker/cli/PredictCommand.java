package io.stoker.cli;

import io.stoker.runtime.PredictSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** {@code stoker predict}: its flags, and the job that they describe. */
@Command(
    name = "predict",
    sortOptions = false,
    usageHelpWidth = 98,
    customSynopsis = "stoker predict --manifest URI --model URI --output URI [FLAG...]",
    header = "Predict the regions of a manifest with a TensorFlow model.",
    footer = {
      "",
      "Example:",
      "  stoker predict --manifest photos.csv --model mobilenet.pb --output predictions \\",
      "    --normalize minus-one-one --top-k 5 --labels labels.txt",
      "",
      "Exit codes: 0 done, 1 unexpected, 2 usage, 3 refused before start, 4 too many failures,",
      "5 accounting, 130 interrupted."
    })
final class PredictCommand extends StokerCommand {
  @ArgGroup(validate = false, order = 1, heading = "%nManifest%n")
  ManifestFlags manifest = new ManifestFlags();

  @ArgGroup(validate = false, order = 2, heading = "%nModel%n")
  ModelFlags model = new ModelFlags();

  @ArgGroup(validate = false, order = 3, heading = "%nFrom pixels to the model%n")
  InputFlags input = new InputFlags();

  @ArgGroup(validate = false, order = 4, heading = "%nFrom the model to rows%n")
  AnswerFlags answer = new AnswerFlags();

  @ArgGroup(validate = false, order = 5, heading = "%nOutput%n")
  OutputFlags output = new OutputFlags();

  @ArgGroup(validate = false, order = 6, heading = "%nResources of one executor%n")
  ResourceFlags resources = new ResourceFlags();

  @Override
  List<String> check(Given given) {
    var problems = new ArrayList<String>();
    manifest.check(given, problems);
    model.check(given, problems);
    output.check(given, problems);
    input.check(given, problems);
    answer.check(given, problems);
    resources.check(problems);
    return problems;
  }

  @Override
  void run(Backend backend) throws Exception {
    PredictSpec.Builder spec = PredictSpec.model(Objects.requireNonNull(model.model));
    model.apply(spec);
    input.apply(spec);
    answer.apply(spec);
    output.apply(spec);
    resources.apply(spec);
    backend.predict(new PredictJob(manifest.source(), spec.build(), output.options()), verbosity());
  }
}
