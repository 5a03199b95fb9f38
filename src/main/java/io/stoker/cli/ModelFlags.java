package io.stoker.cli;

import io.stoker.runtime.PredictSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model, and what goes in and comes out. */
final class ModelFlags {
  @Option(
      names = "--model",
      paramLabel = "URI",
      description = "A frozen GraphDef (.pb), or the folder of a SavedModel.")
  @Nullable String model;

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = "The SavedModel's signature. Default: the one there is, or serving_default.")
  @Nullable String signature;

  @Option(
      names = "--input",
      paramLabel = "NAME",
      description = "The image input. Default: the one there is.")
  @Nullable String input;

  @Option(
      names = "--fetch",
      paramLabel = "NAME",
      description =
          "A tensor to return, any of the graph; repeatable. Default: the model's outputs.")
  List<String> fetches = new ArrayList<>();

  @Option(
      names = "--feed",
      paramLabel = "NAME=VALUE",
      description =
          "A further input's constant value, such as keep_prob=1 or scale=[0.5,1];"
              + " repeatable.")
  Map<String, String> feeds = new LinkedHashMap<>();

  @Option(
      names = "--trust-model",
      description = "Run a model that touches files, network, processes or Python.")
  boolean trusted;

  /** Adds what is wrong with these flags together. */
  void check(Given given, List<String> problems) {
    if (!given.has("--model")) {
      problems.add(
          "--model is missing, expected the URI of a frozen .pb file or of a SavedModel's folder");
    }
  }

  void apply(PredictSpec.Builder spec) {
    spec.signature(signature).input(input).trustModel(trusted);
    fetches.forEach(spec::fetch);
    feeds.forEach(spec::feed);
  }
}
