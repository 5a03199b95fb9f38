package io.stoker.cli;

import io.stoker.runtime.PredictSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is returned of the first fetch. */
final class AnswerFlags {
  @Option(names = "--softmax", description = "Put scores through softmax first.")
  boolean softmax;

  @Option(names = "--argmax", description = "Return only the class of the largest score.")
  boolean argmax;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      converter = Converter.Count.class,
      description =
          "Return only the K largest scores with their classes, whose label is null without"
              + " --labels.")
  @Nullable Integer topK;

  @Option(
      names = "--labels",
      paramLabel = "URI",
      description = "Names of the classes, one a line; with --argmax or --top-k.")
  @Nullable String labels;

  /** Adds what is wrong with these flags together. */
  void check(Given given, List<String> problems) {
    if (given.has("--argmax") && given.has("--top-k")) {
      problems.add("--argmax and --top-k exclude each other; give one of them");
    }
    if (given.has("--labels") && !given.has("--argmax") && !given.has("--top-k")) {
      problems.add("--labels names classes and needs --argmax or --top-k K; add one of them");
    }
  }

  /** Whether whole outputs are returned. */
  boolean isWhole() {
    return !argmax && topK == null;
  }

  void apply(PredictSpec.Builder spec) {
    spec.softmax(softmax).labelsFile(labels);
    if (argmax) {
      spec.argmax();
    }
    if (topK != null) {
      spec.topK(topK);
    }
  }
}
