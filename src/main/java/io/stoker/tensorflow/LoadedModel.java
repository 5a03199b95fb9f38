package io.stoker.tensorflow;

import io.stoker.model.TensorSpec;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model that passed the checks, frozen and pruned to its fetches. What is fed is not chosen yet.
 *
 * @param signature the signature's name, or null where there is none
 * @param signatureInputs inputs as the signature has them, by key; some may not be needed
 * @param fetches what is returned, in order
 */
record LoadedModel(
    ModelGraph graph,
    @Nullable String signature,
    Map<String, TensorSpec> signatureInputs,
    List<NamedTensor> fetches) {

  static Collection<String> nodes(List<NamedTensor> tensors) {
    return tensors.stream().map(tensor -> tensor.tensor().node()).toList();
  }
}
