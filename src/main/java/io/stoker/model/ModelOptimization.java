package io.stoker.model;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What was done to a model's graph on loading, so that each run has less to do.
 *
 * @param nodesBefore nodes of the graph and of the functions that it calls
 * @param nodesAfter the same afterwards
 * @param constantsFolded operations that depended on constants only and were computed on loading
 * @param batchNormsFolded batch normalisations that went into the kernel before them
 * @param batchNormsLeft fused batch normalisations that are still there
 * @param problem why the graph was left as it was, or null
 */
public record ModelOptimization(
    int nodesBefore,
    int nodesAfter,
    int constantsFolded,
    int batchNormsFolded,
    int batchNormsLeft,
    @Nullable String problem)
    implements Serializable {

  /** Of a graph that nothing was done to. */
  public static ModelOptimization none(int nodes) {
    return new ModelOptimization(nodes, nodes, 0, 0, 0, null);
  }

  /** In one line, for a log. */
  public String describe() {
    if (problem != null) {
      return "graph of " + nodesBefore + " nodes not optimised: " + problem;
    }
    return "graph optimised from "
        + nodesBefore
        + " to "
        + nodesAfter
        + " nodes, "
        + constantsFolded
        + " constants folded, "
        + batchNormsFolded
        + " batch norms folded, "
        + batchNormsLeft
        + " left";
  }
}
