package io.stoker.cli;

import io.stoker.example.ExampleData;
import io.stoker.example.ExampleModel;
import io.stoker.model.Normalization;
import io.stoker.runtime.PredictSpec;
import io.stoker.spark.ManifestSource;
import io.stoker.spark.OutputOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * The example's files, and the job over them.
 *
 * @param folder absolute; images, manifest, model, predictions and map lie in it
 * @param model the graph
 * @param labels the names of its classes
 */
record ExampleFiles(Path folder, Path model, List<String> labels) {
  /** Says what the images were drawn from, once they are all there. */
  private static final String MARKER = ".drawn";

  /** Raised by hand when the same seed draws something else. */
  private static final int DRAWING = 1;

  private static final int CLASSES_SHOWN = 2;

  /** Draws what is not there yet. */
  static ExampleFiles make(Path folder, PrintWriter err) throws IOException {
    Path home = folder.toAbsolutePath().normalize();
    Path marker = home.resolve(MARKER);
    String drawn = "seed " + ExampleData.DEFAULT_SEED + ", drawing " + DRAWING;
    if (!Files.exists(marker) || !Files.readString(marker).equals(drawn)) {
      err.println("stoker: drawing landscapes into " + home);
      err.flush();
      Files.deleteIfExists(marker);
      ExampleData.write(home, ExampleData.DEFAULT_SEED);
      Files.writeString(marker, drawn);
    }
    ExampleModel.Written model = ExampleModel.write(home.resolve("model"));
    return new ExampleFiles(
        home, model.graph(), Files.readAllLines(model.labels(), StandardCharsets.UTF_8));
  }

  ManifestSource source() {
    return ManifestSource.files(uri(folder.resolve("manifest.csv")));
  }

  PredictSpec spec() {
    return builder().topK(CLASSES_SHOWN).labels(labels).build();
  }

  private PredictSpec.Builder builder() {
    return PredictSpec.model(uri(model)).normalize(Normalization.MINUS_ONE_ONE);
  }

  /** The same, to be measured. */
  BenchJob.Given measured(Consumer<PredictSpec.Builder> resources) {
    PredictSpec.Builder reduced = builder().topK(CLASSES_SHOWN).labels(labels);
    resources.accept(reduced);
    PredictSpec.Builder whole = builder();
    resources.accept(whole);
    return new BenchJob.Given(source(), reduced.build(), whole.build());
  }

  OutputOptions output() {
    return new OutputOptions(uri(predictions()), OutputOptions.Mode.OVERWRITE);
  }

  Path predictions() {
    return folder.resolve("predictions");
  }

  Path map() {
    return folder.resolve("map.png");
  }

  /** With its scheme: the default file system may be another. */
  static String uri(Path path) {
    return path.toUri().toString();
  }
}
