package io.stoker.model;

import java.io.Serializable;
import java.util.List;

/**
 * A model between its head and its tail, ready to run.
 *
 * @param graph the serialized {@code GraphDef}
 * @param feed the tensor that takes batches: {@code [batch, height, width, channels]}
 * @param head what was put before the model
 * @param fixedBatch the batch size that the graph insists on, or 0 for any
 * @param outputs what a run returns, in order, the first dimension being the batch. With {@link
 *     Tail.Reduction#TOP_K} the first two are values and indices of the first fetch
 */
public record SplicedModel(
    byte[] graph, String feed, Head head, int fixedBatch, List<TensorSpec> outputs)
    implements Serializable {}
