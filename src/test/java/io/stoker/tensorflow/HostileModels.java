package io.stoker.tensorflow;

import io.stoker.model.ModelException;
import io.stoker.model.ModelRequest;
import io.stoker.model.TensorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.NodeDef;

/**
 * Loads and runs every hostile model of the corpus, in a process of its own: some end the process
 * that hands them to TensorFlow unchecked. Prints a line for each as soon as it is done, {@code
 * verdict TAB path TAB message}.
 */
final class HostileModels {
  private HostileModels() {}

  public static void main(String[] arguments) throws Exception {
    for (String group : List.of("hostile/graphdef/", "hostile/savedmodel/")) {
      for (CorpusModel model : CorpusModel.group(group)) {
        Path scratch = Files.createTempDirectory("scratch");
        System.out.println(verdict(model, scratch).replace('\n', ' '));
      }
    }
    System.out.println("end");
  }

  private static String verdict(CorpusModel model, Path scratch) throws Exception {
    ModelRequest request = model.request();
    if (request.fetches().isEmpty() && model.path().startsWith("hostile/graphdef")) {
      request = new ModelRequest(null, null, List.of("out:0"), Map.of(), false);
    }
    LoadedModel loaded;
    try {
      loaded = ModelLoader.load(model.read(), request, scratch, 1);
    } catch (ModelException e) {
      return "refused\t" + model.path() + "\t" + e.getMessage();
    }
    if (loaded.graph().nodes().values().stream().noneMatch(Fetches::isPlaceholder)) {
      return "unfeedable\t" + model.path() + "\t";
    }
    try (var graph = NativeGraph.of(loaded.graph().toProto().toByteArray())) {
      List<String> bombs = TensorSizes.problems(loaded.graph(), graph);
      if (!bombs.isEmpty()) {
        return "refused\t" + model.path() + "\t" + bombs;
      }
      run(model, loaded);
      return "ok\t" + model.path() + "\t";
    } catch (TensorFlowException e) {
      return "refused\t" + model.path() + "\twhen run: " + e.getMessage();
    }
  }

  /** With the index's arrays, or with ones where it has none. */
  private static void run(CorpusModel model, LoadedModel loaded) throws Exception {
    var feeds = new ArrayList<String>();
    var values = new ArrayList<NativeTensor>();
    for (NodeDef node : loaded.graph().nodes().values()) {
      if (Fetches.isPlaceholder(node)) {
        feeds.add(node.getName() + ":0");
        values.add(NativeTensor.floats(new long[] {1, 4}, array(model, loaded, node.getName())));
      }
    }
    List<String> fetches =
        loaded.fetches().stream().map(fetch -> fetch.tensor().toString()).toList();
    List<GraphRuns.Output> outputs =
        GraphRuns.run(loaded.graph().toProto().toByteArray(), feeds, values, fetches);
    values.forEach(NativeTensor::close);
    for (int i = 0; i < model.outputs().size(); i++) {
      CorpusModel.Tensor want = model.outputs().get(i);
      GraphRuns.assertSame(outputs.get(i), want.array(), want.atol(), want.rtol());
    }
  }

  private static float[] array(CorpusModel model, LoadedModel loaded, String node)
      throws Exception {
    for (CorpusModel.Tensor input : model.inputs()) {
      TensorSpec declared = loaded.signatureInputs().get(input.name());
      String name = declared == null ? input.name() : declared.tensor();
      if (TensorName.parse(name).node().equals(node)) {
        return input.array().floats();
      }
    }
    return new float[] {1, 1, 1, 1};
  }
}
