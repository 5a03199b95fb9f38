package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.model.DataType;
import io.stoker.model.ModelOptimization;
import io.stoker.model.ModelRequest;
import io.stoker.model.ResolvedModel;
import io.stoker.model.TensorSpec;
import io.stoker.testing.Npy;
import io.stoker.testing.Shared;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real models answer the same once optimized. Prints what was done to each. */
@Timeout(60)
final class GraphOptimizerCorpusTest {
  private static int models;
  private static int shortened;

  @BeforeAll
  static void corpusIsThere() {
    Shared.assumeAvailable();
  }

  @AfterAll
  static void sayHowMany() {
    System.out.println(shortened + " of " + models + " graphs became shorter");
  }

  static Stream<CorpusModel> running() {
    return Stream.concat(ModelCorpusTest.running(), CorpusModel.group("pretrained/").stream());
  }

  @ParameterizedTest
  @MethodSource("running")
  void answersAgree(CorpusModel model, @TempDir Path scratch) throws Exception {
    LoadedModel loaded = ModelLoader.load(model.read(), model.request(), scratch, 1);
    var feeds = new LinkedHashMap<TensorName, Npy>();
    for (CorpusModel.Tensor input : model.inputs()) {
      TensorSpec declared = loaded.signatureInputs().get(input.name());
      TensorName tensor = TensorName.parse(declared == null ? input.name() : declared.tensor());
      if (loaded.graph().node(tensor.node()) != null) {
        feeds.put(tensor, input.array());
      }
    }
    List<TensorName> fetches = loaded.fetches().stream().map(NamedTensor::tensor).toList();
    var roots = new HashSet<>(LoadedModel.nodes(loaded.fetches()));
    feeds.keySet().forEach(feed -> roots.add(feed.node()));

    GraphOptimizer.Optimized optimized = GraphOptimizer.optimize(loaded.graph(), roots, 1);

    ModelOptimization report = optimized.report();
    System.out.println(model.path() + ": " + report.describe());
    models++;
    shortened += report.nodesAfter() < report.nodesBefore() ? 1 : 0;
    assertThat(report.problem()).isNull();
    List<GraphRuns.Output> now = GraphRuns.run(optimized.graph(), feeds, fetches);
    List<GraphRuns.Output> before = GraphRuns.run(loaded.graph(), feeds, fetches);
    assertThat(now).hasSameSizeAs(model.outputs());
    for (int i = 0; i < now.size(); i++) {
      CorpusModel.Tensor want = model.outputs().get(i);
      GraphRuns.assertSame(now.get(i), want.array(), want.atol(), want.rtol());
      if (now.get(i).type() == DataType.FLOAT32) {
        assertClose(now.get(i), before.get(i));
      }
    }
  }

  /** As many as the real model has. */
  private static int norms(CorpusModel model) {
    return model.path().contains("mobilenet") ? 27 : model.path().contains("dscnn") ? 9 : 0;
  }

  /** Within 1e-4 of the largest. */
  private static void assertClose(GraphRuns.Output now, GraphRuns.Output before) {
    float[] expected = before.floats();
    float[] found = now.floats();
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Float.isFinite(value) ? Math.abs(value) : 0);
    }
    for (int i = 0; i < expected.length; i++) {
      boolean same =
          Float.compare(found[i], expected[i]) == 0
              || Math.abs((double) found[i] - expected[i]) <= 1e-4 * largest;
      assertThat(same).as("element %d: %s, was %s", i, found[i], expected[i]).isTrue();
    }
  }

  static Stream<CorpusModel> images() {
    return Stream.concat(ModelCorpusTest.images(), CorpusModel.group("pretrained/").stream());
  }

  /** As predict and bench load them. */
  @ParameterizedTest
  @MethodSource("images")
  void theLoaderGivesTheOptimizedGraph(CorpusModel model, @TempDir Path scratch) throws Exception {
    var request = new ModelRequest(null, null, List.of(), Map.of(), false);

    ResolvedModel resolved = ModelLoader.resolve(model.read(), request, scratch, 1);

    ModelOptimization report = resolved.optimization();
    System.out.println(model.path() + " for images: " + report.describe());
    assertThat(report.problem()).isNull();
    assertThat(report.nodesAfter()).isLessThan(report.nodesBefore());
    assertThat(report.batchNormsFolded()).isEqualTo(norms(model));
    assertThat(report.batchNormsLeft()).isZero();
    Npy input = model.inputs().get(0).array();
    try (var x = NativeTensor.of(DataType.FLOAT32, input.shape(), input.bytes())) {
      List<GraphRuns.Output> outputs =
          GraphRuns.run(
              resolved.graph(),
              List.of(resolved.input().tensor()),
              List.of(x),
              List.of(resolved.fetches().get(0).tensor()));
      CorpusModel.Tensor want = model.outputs().get(0);
      GraphRuns.assertSame(outputs.get(0), want.array(), want.atol(), want.rtol());
    }
  }
}
