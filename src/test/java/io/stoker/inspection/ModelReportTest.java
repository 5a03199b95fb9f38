package io.stoker.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoker.model.DataType;
import io.stoker.model.InputLayout;
import io.stoker.model.ModelFacts;
import io.stoker.model.ModelOptimization;
import io.stoker.model.TensorSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ModelReportTest {
  private static final TensorSpec IMAGE =
      new TensorSpec(
          "image", "serving_image:0", DataType.FLOAT32, TensorSpec.shapeOf(-1, 32, 48, 3));
  private static final TensorSpec SCORES =
      new TensorSpec("scores", "Call:1", DataType.FLOAT32, null);

  private static ModelFacts facts(@Nullable TensorSpec image, List<String> problems) {
    var ops = new LinkedHashMap<>(Map.of("Const", 9));
    ops.put("Conv2D", 2);
    return new ModelFacts(
        "SavedModel",
        "TensorFlow 2.15.0",
        "ab12",
        123_456,
        "serving_default",
        List.of("other", "serving_default"),
        List.of(IMAGE),
        List.of(SCORES),
        30_000,
        image == null ? null : 7_000_000L,
        ops,
        new ModelOptimization(20, 11, 3, 2, 0, null),
        false,
        image,
        image == null ? null : new InputLayout(false, 32, 48, 3, 0),
        problems);
  }

  @Test
  void aLineAFact() {
    assertThat(ModelReport.text(facts(IMAGE, List.of())))
        .isEqualTo(
            """
            format     SavedModel, TensorFlow 2.15.0
            sha256     ab12
            size       123,456 bytes, 30,000 parameters
            work       0.01 GFLOPs an image (convolutions and matrix products)
            signature  serving_default of other, serving_default
            input      image [?, 32, 48, 3] float32 (serving_image:0)
            output     scores [unknown rank] float32 (Call:1)
            ops        Const 9, Conv2D 2
            loading    graph optimised from 20 to 11 nodes, 3 constants folded, 2 batch norms folded, 0 left
            trust      not needed
            predict    feeds image with images of 32x48, 3 channels, any number a batch
            """);
  }

  @Test
  void whatPredictLacksIsSaid() {
    assertThat(ModelReport.text(facts(null, List.of("say --input", "and --feed"))))
        .contains("work       not known before the image's size is\n")
        .endsWith(
            """
            predict    needs to be told more, or cannot use it:
                       say --input
                       and --feed
            """);
  }

  @Test
  void programsGetTheSame() throws Exception {
    JsonNode json = new ObjectMapper().readTree(ModelReport.json(facts(IMAGE, List.of())));

    assertThat(json.at("/inputs/0/name").asText()).isEqualTo("image");
    assertThat(json.at("/inputs/0/tensor").asText()).isEqualTo("serving_image:0");
    assertThat(json.at("/inputs/0/shape").toString()).isEqualTo("[-1,32,48,3]");
    assertThat(json.at("/inputs/0/dtype").asText()).isEqualTo("float32");
    assertThat(json.at("/outputs/0/shape").isNull()).isTrue();
    assertThat(json.at("/flops_per_image").asLong()).isEqualTo(7_000_000);
    assertThat(json.at("/ops/Conv2D").asInt()).isEqualTo(2);
    assertThat(json.at("/predict/width").asInt()).isEqualTo(48);
    assertThat(json.at("/optimization/nodesAfter").asInt()).isEqualTo(11);
  }
}
