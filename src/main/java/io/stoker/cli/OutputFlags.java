package io.stoker.cli;

import io.stoker.runtime.PredictSpec;
import io.stoker.spark.OutputOptions;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where rows go, and how many may have failed. */
final class OutputFlags {
  @Option(names = "--output", paramLabel = "URI", description = "The folder to write Parquet to.")
  @Nullable String output;

  @Option(
      names = "--mode",
      paramLabel = "error|overwrite",
      converter = ModeName.class,
      description =
          "Where the output exists: refuse, or replace it once the new one is proven."
              + " Default: error.")
  OutputOptions.Mode mode = OutputOptions.Mode.ERROR;

  @Option(
      names = "--vectors",
      paramLabel = "array|binary",
      converter = VectorsName.class,
      description =
          "Outputs of many elements: as arrays, for SQL, or as little-endian bytes, which are"
              + " written several times as fast. Default: array.")
  PredictSpec.Vectors vectors = PredictSpec.Vectors.ARRAY;

  @Option(
      names = "--max-failures",
      paramLabel = "N|P%",
      converter = Converter.Limit.class,
      description =
          "More failed regions than these end the job with exit code 4; 100%% tolerates"
              + " all but a job without one good row. Default: 5%%.")
  PredictSpec.Failures maxFailures = PredictSpec.Failures.DEFAULT;

  /** Adds what is wrong with these flags together. */
  void check(Given given, List<String> problems) {
    if (!given.has("--output")) {
      problems.add("--output is missing, expected the URI of a folder to write to");
    }
  }

  OutputOptions options() {
    return new OutputOptions(Objects.requireNonNull(output), mode);
  }

  void apply(PredictSpec.Builder spec) {
    spec.maxFailures(maxFailures).vectors(vectors);
  }

  /** {@code array}, {@code binary}. */
  static final class VectorsName extends Converter.Choice<PredictSpec.Vectors> {
    VectorsName() {
      super(PredictSpec.Vectors.class);
    }
  }

  /** {@code error}, {@code overwrite}. */
  static final class ModeName extends Converter.Choice<OutputOptions.Mode> {
    ModeName() {
      super(OutputOptions.Mode.class);
    }
  }
}
