package io.stoker.tensorflow;

import com.google.protobuf.InvalidProtocolBufferException;
import io.stoker.model.ModelException;
import io.stoker.model.ModelOptimization;
import io.stoker.model.ResolvedModel;
import io.stoker.model.TensorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.proto.GraphDef;

/**
 * Leaves less to do in each run: functions are put in place, nodes that only hand on are taken out,
 * what depends on constants only is computed, batch normalisations go into the kernels before them,
 * and what no fetch needs is gone.
 *
 * <p>Comes after a model's checks, so that nothing forbidden is ever computed, and after its input
 * is chosen, so that what was fed is a constant too. The names of input and fetches stay. Answers
 * change by rounding only, and only where a normalisation was folded.
 *
 * <p>Whatever goes wrong here, the model is used as it was. Stateless and thread-safe.
 */
final class GraphOptimizer {
  private GraphOptimizer() {}

  /** A graph, and what was done to it. */
  record Optimized(ModelGraph graph, ModelOptimization report) {}

  /**
   * Optimizes a model that was checked and resolved.
   *
   * @param intraOpThreads CPU threads that one op may spread over, 0 for as many as there are cores
   */
  static ResolvedModel optimize(ResolvedModel model, int intraOpThreads) {
    try {
      ModelGraph graph = ModelGraph.of(GraphDef.parseFrom(model.graph()));
      var roots = new HashSet<String>();
      roots.add(TensorName.parse(model.input().tensor()).node());
      model.fetches().forEach(fetch -> roots.add(TensorName.parse(fetch.tensor()).node()));
      Optimized optimized = optimize(graph, roots, intraOpThreads);
      if (optimized.report().problem() != null) {
        return model.with(optimized.report());
      }
      try {
        return replaced(model, optimized);
      } catch (ModelException | TensorFlowException | RuntimeException e) {
        return model.with(unchanged(graph, e).report());
      }
    } catch (ModelException | InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("a resolved model's graph does not parse", e);
    }
  }

  /** The model with the new graph, which TensorFlow must take as it took the old. */
  private static ResolvedModel replaced(ResolvedModel model, Optimized optimized)
      throws ModelException, TensorFlowException {
    byte[] bytes = optimized.graph().toProto().toByteArray();
    try (var shapes = NativeGraph.of(bytes)) {
      var fetches = new ArrayList<TensorSpec>();
      for (TensorSpec fetch : model.fetches()) {
        TensorSpec now = shapes.spec(fetch.name(), fetch.tensor());
        if (now.type() != fetch.type()) {
          throw new ModelException(
              "fetch " + fetch.name() + " became " + now.describe() + ", was " + fetch.describe());
        }
        fetches.add(now);
      }
      return new ResolvedModel(
          bytes,
          model.sha256(),
          model.signature(),
          model.input(),
          List.copyOf(fetches),
          optimized.report());
    }
  }

  /**
   * Optimizes a graph that passed the checks.
   *
   * @param roots nodes that are fed or fetched; they keep their names and values
   * @return the graph as it was if there was a problem, which the report then has
   */
  static Optimized optimize(ModelGraph graph, Set<String> roots, int intraOpThreads) {
    try {
      ModelGraph needed = FunctionInliner.inline(graph.pruned(roots)).pruned(roots);
      ModelGraph shorter = PassThroughs.without(needed, roots).pruned(roots);
      var constants = ConstantFolder.fold(shorter, roots, intraOpThreads);
      var norms = BatchNormFolder.fold(constants.graph().pruned(roots), roots);
      ModelGraph end = norms.graph().pruned(roots);
      List<String> problems = GraphChecks.problems(end);
      if (!problems.isEmpty()) {
        throw new ModelException(problems);
      }
      var report =
          new ModelOptimization(
              size(graph),
              size(end),
              constants.count(),
              norms.count(),
              BatchNormFolder.count(end),
              null);
      return new Optimized(end, report);
    } catch (ModelException | TensorFlowException | RuntimeException e) {
      return unchanged(graph, e);
    }
  }

  private static Optimized unchanged(ModelGraph graph, Exception e) {
    String message = e.getMessage();
    var report =
        new ModelOptimization(
            size(graph),
            size(graph),
            0,
            0,
            BatchNormFolder.count(graph),
            message == null ? e.toString() : message);
    return new Optimized(graph, report);
  }

  /** Nodes, with those of functions. */
  private static int size(ModelGraph graph) {
    return graph.nodes().size()
        + graph.functions().values().stream()
            .mapToInt(function -> function.getNodeDefCount())
            .sum();
  }
}
