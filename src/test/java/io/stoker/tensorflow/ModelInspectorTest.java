package io.stoker.tensorflow;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stoker.model.InputLayout;
import io.stoker.model.ModelException;
import io.stoker.model.ModelFacts;
import io.stoker.model.ModelFile;
import io.stoker.model.ModelRequest;
import io.stoker.model.TensorSpec;
import io.stoker.testing.MobileNetV2;
import io.stoker.testing.Shared;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.NodeDef;

final class ModelInspectorTest {
  private static final ModelRequest ANY = new ModelRequest(null, null, List.of(), Map.of(), false);

  private static int checked;

  @TempDir private Path scratch = Path.of("");

  @Test
  void workAndSizeAreThoseThatWerePublished() throws Exception {
    byte[] graph = MobileNetV2.graph(224, 7).toByteArray();

    ModelFacts facts =
        ModelInspector.inspect(new ModelFile("m.pb", Map.of("", graph)), ANY, scratch);

    // Sandler et al., 2018: "MobileNetV2", table 4: 3.4 million parameters (Keras has 3,538,984
    // with the moments of its normalisations), 300 million multiplications with additions.
    assertThat(facts.parameters()).isEqualTo(3_538_984);
    assertThat(requireNonNull(facts.flops()) / 2e6).isCloseTo(300, within(3.0));
    assertThat(facts.format()).isEqualTo("GraphDef");
    assertThat(facts.bytes()).isEqualTo(graph.length);
    assertThat(facts.ops()).containsEntry("DepthwiseConv2dNative", 17);
    assertThat(facts.optimization().batchNormsFolded()).isEqualTo(52);
    assertThat(facts.layout()).isEqualTo(new InputLayout(false, 224, 224, 3, 0));
    assertThat(facts.problems()).isEmpty();
  }

  static Stream<CorpusModel> running() {
    Shared.assumeAvailable();
    return Stream.concat(ModelCorpusTest.running(), CorpusModel.group("pretrained/").stream());
  }

  @ParameterizedTest
  @MethodSource("running")
  void inputsAndOutputsAreThoseOfTheIndex(CorpusModel model) throws Exception {
    ModelFacts facts = ModelInspector.inspect(model.read(), model.request(), scratch);

    List<String> outputs = model.outputs().stream().map(CorpusModel.Tensor::name).toList();
    assertThat(facts.outputs()).extracting(TensorSpec::name).hasSameSizeAs(outputs);
    LoadedModel loaded = ModelLoader.load(model.read(), model.request(), scratch, 1);
    for (CorpusModel.Tensor given : model.inputs()) {
      // One that no output needs, or that lies within the graph, is none of its inputs.
      NodeDef node = loaded.graph().node(TensorName.parse(given.name()).node());
      if (loaded.signatureInputs().containsKey(given.name())
          ? loaded.graph().node(node(loaded, given)) != null
          : node != null && Fetches.isPlaceholder(node)) {
        assertThat(facts.inputs())
            .anyMatch(
                input ->
                    input.name().equals(given.name())
                        || TensorName.parse(given.name()).equals(TensorName.parse(input.tensor())));
        checked++;
      }
    }
    assertThat(facts.ops().values().stream().mapToInt(Integer::intValue).sum()).isPositive();
  }

  private static String node(LoadedModel loaded, CorpusModel.Tensor given) {
    return TensorName.parse(requireNonNull(loaded.signatureInputs().get(given.name())).tensor())
        .node();
  }

  @AfterAll
  static void manyInputsWereSeen() {
    System.out.println("ModelInspectorTest: " + checked + " inputs");
    assertThat(checked == 0 || checked > 90).isTrue();
  }

  static Stream<CorpusModel> hostile() {
    Shared.assumeAvailable();
    return CorpusModel.group("hostile/").stream()
        .filter(model -> model.expect().equals("refused"))
        .filter(model -> model.alsoAcceptable() == null);
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostileModelsAreRefusedAsPredictDoes(CorpusModel model) throws Exception {
    ModelFile file = model.read();
    assertThatThrownBy(() -> ModelLoader.resolve(file, model.request(), scratch))
        .isInstanceOf(ModelException.class);
    try {
      // A model that is fit to run but takes no images is told of, not refused.
      assertThat(ModelInspector.inspect(file, model.request(), scratch).problems()).isNotEmpty();
    } catch (ModelException e) {
      assertThat(e.problems()).allMatch(problem -> problem.startsWith(file.location()));
    }
  }
}
