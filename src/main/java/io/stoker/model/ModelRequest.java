package io.stoker.model;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the user asks of a model. What is left out is inferred where there is one choice.
 *
 * @param signature a SavedModel's signature, or null
 * @param input name of the image input, or null
 * @param fetches names of the tensors to return, or empty: the signature's or graph's outputs
 * @param feeds further inputs by name, as text: numbers, or lists such as {@code [0.5, 1]}
 * @param trusted whether ops that touch files, network, processes or Python may stay
 */
public record ModelRequest(
    @Nullable String signature,
    @Nullable String input,
    List<String> fetches,
    Map<String, String> feeds,
    boolean trusted)
    implements Serializable {
  /** Copies the collections, feeds in the order of their names: the same text in every process. */
  public ModelRequest {
    fetches = List.copyOf(fetches);
    feeds = Collections.unmodifiableMap(new TreeMap<>(feeds));
  }

  /** The same with another image input. */
  public ModelRequest withInput(String name) {
    return new ModelRequest(signature, name, fetches, feeds, trusted);
  }

  /** The same with other tensors to return. */
  public ModelRequest withFetches(List<String> names) {
    return new ModelRequest(signature, input, names, feeds, trusted);
  }
}
