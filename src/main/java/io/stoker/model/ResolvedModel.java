package io.stoker.model;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model that passed every check: frozen, pruned, its input and fetches chosen.
 *
 * @param graph the serialized {@code GraphDef}: constants only, feeds filled in, the input still a
 *     placeholder
 * @param sha256 hex digest of the model's own bytes, before anything was done to them
 * @param signature the signature's name, or null where the file has none
 * @param input the image input
 * @param fetches what is returned, in order; names are unique
 * @param optimization what was done to the graph to make its runs shorter
 */
public record ResolvedModel(
    byte[] graph,
    String sha256,
    @Nullable String signature,
    TensorSpec input,
    List<TensorSpec> fetches,
    ModelOptimization optimization)
    implements Serializable {

  /** The same with another report of what was done to the graph. */
  public ResolvedModel with(ModelOptimization report) {
    return new ResolvedModel(graph, sha256, signature, input, fetches, report);
  }
}
