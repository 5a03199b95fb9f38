package io.stoker.tensorflow;

/**
 * A tensor under the name that users call it by.
 *
 * @param name a signature's key, or a node's name
 */
record NamedTensor(String name, TensorName tensor) {}
