package io.stoker.tensorflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoker.model.ModelFile;
import io.stoker.model.ModelRequest;
import io.stoker.testing.Npy;
import io.stoker.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A case of the model corpus; its INDEX.md says what the fields mean.
 *
 * @param path within the corpus
 * @param expect {@code ok}, {@code refused} or {@code unfeedable}
 * @param alsoAcceptable another verdict that is no fault, or null
 */
record CorpusModel(
    String path,
    String expect,
    @Nullable String alsoAcceptable,
    @Nullable String signature,
    List<Tensor> inputs,
    List<Tensor> outputs) {
  /** One input or output. */
  record Tensor(String name, String file, double atol, double rtol) {
    Npy array() throws IOException {
      return Npy.read(corpus().resolve(file));
    }

    boolean hasArray() {
      return !file.isEmpty();
    }
  }

  static Path corpus() {
    return Shared.corpora().resolve("models");
  }

  /** The cases of a group: {@code graphdef/}, {@code savedmodel/}, {@code hostile/graphdef/}. */
  static List<CorpusModel> group(String prefix) {
    var cases = new ArrayList<CorpusModel>();
    Path index = corpus().resolve("INDEX.jsonl");
    if (!Files.exists(index)) {
      return cases;
    }
    var mapper = new ObjectMapper();
    try {
      for (String line : Files.readAllLines(index)) {
        JsonNode json = mapper.readTree(line);
        if (json.get("path").asText().startsWith(prefix)) {
          cases.add(
              new CorpusModel(
                  json.get("path").asText(),
                  json.get("expect").asText(),
                  text(json, "also_acceptable"),
                  text(json, "signature"),
                  tensors(json.get("inputs")),
                  tensors(json.get("outputs"))));
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return cases;
  }

  private static @Nullable String text(JsonNode json, String field) {
    return json.hasNonNull(field) ? json.get(field).asText() : null;
  }

  private static List<Tensor> tensors(JsonNode list) {
    var tensors = new ArrayList<Tensor>();
    for (JsonNode json : list) {
      tensors.add(
          new Tensor(
              json.get("name").asText(),
              json.path("file").asText(""),
              json.path("atol").asDouble(0),
              json.path("rtol").asDouble(0)));
    }
    return tensors;
  }

  /** The file, or all files of the folder. */
  ModelFile read() throws IOException {
    Path root = corpus().resolve(path);
    var entries = new HashMap<String, byte[]>();
    if (Files.isDirectory(root)) {
      try (var files = Files.walk(root)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          entries.put(
              root.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
        }
      }
    } else {
      entries.put("", Files.readAllBytes(root));
    }
    return new ModelFile(path, entries);
  }

  /** Asks for what the index says; SavedModels' outputs come from their signature. */
  ModelRequest request() {
    List<String> fetches = outputs.stream().map(Tensor::name).toList();
    return new ModelRequest(signature, null, fetches, Map.of(), false);
  }

  @Override
  public String toString() {
    return path;
  }
}
