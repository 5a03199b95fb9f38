package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.model.ChannelOrder;
import io.stoker.model.DataType;
import io.stoker.model.Head;
import io.stoker.model.InputLayout;
import io.stoker.model.ModelException;
import io.stoker.model.ModelFile;
import io.stoker.model.ModelRequest;
import io.stoker.model.Normalization;
import io.stoker.model.ResolvedModel;
import io.stoker.model.SplicedModel;
import io.stoker.model.Tail;
import io.stoker.model.TensorSpec;
import io.stoker.testing.Npy;
import io.stoker.testing.Shared;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real models, as their authors wrote them. */
@Timeout(60)
final class ModelCorpusTest {
  @BeforeAll
  static void corpusIsThere() {
    Shared.assumeAvailable();
  }

  static Stream<CorpusModel> running() {
    return all()
        .filter(model -> !model.expect().equals("refused"))
        .filter(model -> model.outputs().stream().allMatch(CorpusModel.Tensor::hasArray));
  }

  static Stream<CorpusModel> unfeedable() {
    return all().filter(model -> model.expect().equals("unfeedable"));
  }

  static Stream<CorpusModel> refused() {
    return all()
        .filter(model -> model.expect().equals("refused"))
        .filter(model -> !"ok".equals(model.alsoAcceptable()));
  }

  private static Stream<CorpusModel> all() {
    return Stream.of("graphdef/", "savedmodel/")
        .flatMap(group -> CorpusModel.group(group).stream());
  }

  @Test
  void theCorpusIsWhole() {
    assertThat(running()).hasSize(146);
    assertThat(unfeedable()).hasSize(76);
  }

  @ParameterizedTest
  @MethodSource("running")
  void givesItsReferenceOutputs(CorpusModel model, @TempDir Path scratch) throws Exception {
    LoadedModel loaded = ModelLoader.load(model.read(), model.request(), scratch, 1);

    var feeds = new LinkedHashMap<TensorName, Npy>();
    for (CorpusModel.Tensor input : model.inputs()) {
      TensorSpec declared = loaded.signatureInputs().get(input.name());
      TensorName tensor = TensorName.parse(declared == null ? input.name() : declared.tensor());
      if (loaded.graph().node(tensor.node()) != null) {
        feeds.put(tensor, input.array());
      }
    }
    List<GraphRuns.Output> outputs =
        GraphRuns.run(
            loaded.graph(), feeds, loaded.fetches().stream().map(NamedTensor::tensor).toList());

    assertThat(outputs).hasSameSizeAs(model.outputs());
    for (int i = 0; i < outputs.size(); i++) {
      CorpusModel.Tensor want = model.outputs().get(i);
      GraphRuns.assertSame(outputs.get(i), want.array(), want.atol(), want.rtol());
    }
  }

  static Stream<CorpusModel> images() {
    return all()
        .filter(
            model ->
                model.path().contains("cifar") || model.path().contains("mlcommons-kws-dscnn"));
  }

  /** Nothing is named: input, signature and output are inferred. */
  @ParameterizedTest
  @MethodSource("images")
  void imageModelsRunBehindAHead(CorpusModel model, @TempDir Path scratch) throws Exception {
    var request = new ModelRequest(null, null, List.of(), Map.of(), false);
    ResolvedModel resolved = ModelLoader.resolve(model.read(), request, scratch, 1);
    InputLayout layout = InputLayout.of(resolved.input());
    Npy input = model.inputs().get(0).array();
    var head =
        new Head(
            layout.height(),
            layout.width(),
            layout.channels(),
            DataType.FLOAT32,
            layout.height(),
            layout.width(),
            ChannelOrder.RGB,
            Normalization.NONE,
            layout.channelsFirst(),
            true);
    SplicedModel spliced = Splicer.splice(resolved, head, Tail.NONE);
    try (var slots = NativeTensor.of(DataType.FLOAT32, input.shape(), input.bytes())) {
      List<GraphRuns.Output> outputs =
          GraphRuns.run(
              spliced.graph(),
              List.of(spliced.feed()),
              List.of(slots),
              List.of(spliced.outputs().get(0).tensor()));
      CorpusModel.Tensor want = model.outputs().get(0);
      GraphRuns.assertSame(outputs.get(0), want.array(), want.atol(), want.rtol());
    }
  }

  @ParameterizedTest
  @MethodSource("unfeedable")
  void whatTakesNothingTakesNoImages(CorpusModel model, @TempDir Path scratch) throws Exception {
    ModelFile file = model.read();

    var thrown = assertThatThrownBy(() -> ModelLoader.resolve(file, model.request(), scratch));

    thrown.isInstanceOf(ModelException.class).hasMessageStartingWith(model.path() + ": ");
    if (!model.path().contains("serving-counter")) { // which changes a variable in every run
      thrown.hasMessageContaining("there is nothing to feed an image to");
    }
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatCannotRunIsRefusedByName(CorpusModel model, @TempDir Path scratch) throws Exception {
    ModelFile file = model.read();
    assertThatThrownBy(() -> ModelLoader.resolve(file, model.request(), scratch))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(model.path() + ": ")
        .hasMessageContaining(cause(model));
  }

  private static String cause(CorpusModel model) {
    if (model.path().contains("unfrozen")) {
      return "the graph is not frozen: it has variables";
    }
    if (model.path().contains("scatter")) {
      return "the model changes variables while it predicts: Assign (Assign), Scatter";
    }
    if (model.path().contains("missing-weights")) {
      return "variables/variables.data-00000-of-00001 is missing";
    }
    return "saved_model.pb is a Git LFS pointer, not the model itself: run `git lfs pull`";
  }
}
