package io.stoker.cli;

import io.stoker.bench.Bench;
import io.stoker.runtime.PredictSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stoker bench}: this machine, this model, these images: how fast, and what is the wall. */
@Command(
    name = "bench",
    sortOptions = false,
    usageHelpWidth = 98,
    customSynopsis = "stoker bench [--manifest URI --model URI] [FLAG...]",
    header = "Measure strategies and ceilings on the same regions, in turns.",
    description = {
      "",
      "decode and device are the ceilings: all cores decoding, and the device alone. feed is one",
      "thread that decodes and runs; generator is what Keras's predict_generator does; tfdata is",
      "tf.data in the model's graph; stoker is the pipeline alone; spark is the whole job.",
      "Without --manifest and --model it takes the example's."
    },
    footer = {
      "",
      "Examples:",
      "  stoker bench",
      "  stoker bench --device simulated:20 --batch 32 --strategies decode,device,feed,stoker",
      "  stoker bench --manifest photos.csv --model resnet50.pb --json bench.json --svg bench.svg"
    })
final class BenchCommand extends StokerCommand {
  /** Classes returned where the user says nothing: vectors are measured apart. */
  private static final int TOP = 5;

  @ArgGroup(validate = false, order = 1, heading = "%nManifest%n")
  ManifestFlags manifest = new ManifestFlags();

  @ArgGroup(validate = false, order = 2, heading = "%nModel%n")
  ModelFlags model = new ModelFlags();

  @ArgGroup(validate = false, order = 3, heading = "%nFrom pixels to the model%n")
  InputFlags input = new InputFlags();

  @ArgGroup(validate = false, order = 4, heading = "%nFrom the model to rows%n")
  AnswerFlags answer = new AnswerFlags();

  @ArgGroup(validate = false, order = 5, heading = "%nResources of one executor%n")
  ResourceFlags resources = new ResourceFlags();

  @ArgGroup(validate = false, order = 6, heading = "%nMeasuring%n")
  Measuring measuring = new Measuring();

  /** How, and where the result goes. */
  static final class Measuring {
    @Option(
        names = "--strategies",
        paramLabel = "NAME,...",
        split = ",",
        description =
            "Which, of ${COMPLETION-CANDIDATES}; stoker:in-flight=3:decode-threads=6 is stoker with"
                + " knobs set by hand. Default: all.",
        completionCandidates = Names.class)
    List<String> strategies = new ArrayList<>();

    @Option(
        names = "--rounds",
        paramLabel = "N",
        converter = Converter.Count.class,
        description = "How often each is timed; medians count. Default: 5.")
    int rounds = 5;

    @Option(
        names = "--regions",
        paramLabel = "N",
        converter = Converter.Count.class,
        description =
            "At most so many regions in a pass: of a larger manifest every n-th. Default: 2000.")
    int regions = 2_000;

    @Option(
        names = "--slow-regions",
        paramLabel = "N",
        converter = Converter.Count.class,
        description =
            "feed and generator do only the first N of them a pass, since they are slow. Default:"
                + " all.")
    int slowRegions = Integer.MAX_VALUE;

    @Option(
        names = "--json",
        paramLabel = "FILE",
        description = "Also write what was measured as JSON; - for standard output.")
    @Nullable String json;

    @Option(names = "--svg", paramLabel = "FILE", description = "Also draw a chart of it.")
    @Nullable Path svg;
  }

  /** For {@code --help}. */
  static final class Names extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Names() {
      super(Bench.STRATEGIES);
    }
  }

  @Override
  List<String> check(Given given) {
    var problems = new ArrayList<String>();
    boolean own = given.has("--manifest") || given.has("--manifest-table") || given.has("--model");
    if (own) {
      manifest.check(given, problems);
      model.check(given, problems);
    }
    input.check(given, problems);
    answer.check(given, problems);
    resources.check(problems);
    if (resources.verifyParity > 0) {
      problems.add("--verify-parity would slow down what is measured; it is for stoker predict");
    }
    for (String name : measuring.strategies) {
      String problem = Bench.problem(name);
      if (problem != null) {
        problems.add("--strategies: \"" + Printable.text(name) + "\", " + problem);
      }
    }
    return problems;
  }

  @Override
  void run(Backend backend) throws Exception {
    backend.bench(
        new BenchJob(
            model.model == null ? null : given(),
            resources::apply,
            measuring.strategies.isEmpty() ? Bench.STRATEGIES : measuring.strategies,
            measuring.rounds,
            measuring.regions,
            measuring.slowRegions,
            measuring.json,
            measuring.svg),
        verbosity());
  }

  private BenchJob.Given given() {
    PredictSpec.Builder reduced = builder();
    answer.apply(reduced);
    if (answer.isWhole()) {
      reduced.topK(TOP);
    }
    return new BenchJob.Given(manifest.source(), reduced.build(), builder().build());
  }

  private PredictSpec.Builder builder() {
    PredictSpec.Builder spec = PredictSpec.model(Objects.requireNonNull(model.model));
    model.apply(spec);
    input.apply(spec);
    resources.apply(spec);
    return spec;
  }
}
