package io.stoker.inspection;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoker.model.InputLayout;
import io.stoker.model.ModelFacts;
import io.stoker.model.TensorSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What is known of a model, in words and as JSON. */
public final class ModelReport {
  private static final int MOST_OPS = 12;

  private static final ObjectMapper JSON = new ObjectMapper();

  private ModelReport() {}

  /** For a person: a line a fact. */
  public static String text(ModelFacts facts) {
    var lines = new StringBuilder();
    line(lines, "format", facts.format() + ", " + facts.version());
    line(lines, "sha256", facts.sha256());
    line(lines, "size", format("%,d bytes, %,d parameters", facts.bytes(), facts.parameters()));
    Long flops = facts.flops();
    line(
        lines,
        "work",
        flops == null
            ? "not known before the image's size is"
            : format("%.2f GFLOPs an image (convolutions and matrix products)", flops / 1e9));
    if (!facts.signatures().isEmpty()) {
      line(lines, "signature", facts.signature() + " of " + String.join(", ", facts.signatures()));
    }
    facts.inputs().forEach(tensor -> line(lines, "input", describe(tensor)));
    facts.outputs().forEach(tensor -> line(lines, "output", describe(tensor)));
    line(lines, "ops", ops(facts.ops()));
    line(lines, "loading", facts.optimization().describe());
    line(
        lines,
        "trust",
        facts.needsTrust() ? "touches more than its inputs: --trust-model" : "not needed");
    line(lines, "predict", predict(facts));
    facts.problems().forEach(problem -> line(lines, "", problem));
    return lines.toString();
  }

  private static String describe(TensorSpec tensor) {
    return tensor.name() + " " + tensor.describe() + " (" + tensor.tensor() + ")";
  }

  private static String ops(Map<String, Integer> ops) {
    String most =
        ops.entrySet().stream()
            .limit(MOST_OPS)
            .map(op -> op.getKey() + " " + op.getValue())
            .collect(Collectors.joining(", "));
    int others = ops.size() - MOST_OPS;
    return others > 0 ? most + format(" and %d others", others) : most;
  }

  private static String predict(ModelFacts facts) {
    TensorSpec image = facts.image();
    InputLayout layout = facts.layout();
    if (image == null || layout == null) {
      return "needs to be told more, or cannot use it:";
    }
    return format(
        "feeds %s with images of %s, %s channels%s, %s",
        image.name(),
        layout.height() > 0 && layout.width() > 0
            ? layout.height() + "x" + layout.width()
            : "any size (--input-size)",
        layout.channels() > 0 ? Integer.toString(layout.channels()) : "any number of",
        layout.channelsFirst() ? " first" : "",
        layout.fixedBatch() > 0 ? layout.fixedBatch() + " a batch" : "any number a batch");
  }

  private static void line(StringBuilder lines, String name, String value) {
    lines.append(format("%-10s %s", name, value)).append('\n');
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  /** For programs: one object, on several lines. Names and shapes as in {@link ModelFacts}. */
  public static String json(ModelFacts facts) {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", facts.format());
    json.put("version", facts.version());
    json.put("sha256", facts.sha256());
    json.put("bytes", facts.bytes());
    json.put("signature", facts.signature());
    json.set("signatures", JSON.valueToTree(facts.signatures()));
    json.set("inputs", tensors(facts.inputs()));
    json.set("outputs", tensors(facts.outputs()));
    json.put("parameters", facts.parameters());
    json.put("flops_per_image", facts.flops());
    json.set("ops", JSON.valueToTree(facts.ops()));
    json.set("optimization", JSON.valueToTree(facts.optimization()));
    json.put("needs_trust", facts.needsTrust());
    json.set("predict", predictJson(facts));
    return json.toPrettyString() + "\n";
  }

  private static ArrayNode tensors(List<TensorSpec> specs) {
    ArrayNode tensors = JSON.createArrayNode();
    for (TensorSpec spec : specs) {
      ObjectNode tensor = tensors.addObject();
      tensor.put("name", spec.name());
      tensor.put("tensor", spec.tensor());
      tensor.set("shape", JSON.valueToTree(spec.shape()));
      tensor.put("dtype", spec.type().label());
    }
    return tensors;
  }

  private static ObjectNode predictJson(ModelFacts facts) {
    ObjectNode predict = JSON.createObjectNode();
    TensorSpec image = facts.image();
    InputLayout layout = facts.layout();
    if (image != null && layout != null) {
      predict.put("input", image.name());
      known(predict, "height", layout.height());
      known(predict, "width", layout.width());
      known(predict, "channels", layout.channels());
      predict.put("channels_first", layout.channelsFirst());
      known(predict, "batch", layout.fixedBatch());
    }
    predict.set("problems", JSON.valueToTree(facts.problems()));
    return predict;
  }

  /** Null where it may be any. */
  private static void known(ObjectNode json, String name, int size) {
    if (size > 0) {
      json.put(name, size);
    } else {
      json.putNull(name);
    }
  }
}
