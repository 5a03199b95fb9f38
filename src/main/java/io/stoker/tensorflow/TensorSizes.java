package io.stoker.tensorflow;

import io.stoker.model.TensorSpec;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.proto.NodeDef;

/**
 * Finds tensors that no machine can hold before a session tries to make them: TensorFlow's
 * optimizer spends half a minute on one of 36 TiB before it fails.
 */
final class TensorSizes {
  /** Of one tensor, for a batch of one. */
  private static final double MAX_BYTES = 16.0 * (1L << 30);

  private TensorSizes() {}

  /** What is too large, as far as the imported graph knows shapes; empty if nothing is. */
  static List<String> problems(ModelGraph graph, NativeGraph shapes) {
    Set<String> bombs = new TreeSet<>();
    for (NodeDef node : graph.nodes().values()) {
      try {
        TensorSpec first = shapes.spec(node.getName(), node.getName() + ":0");
        if (bytes(first) > MAX_BYTES) {
          bombs.add(node.getName() + " makes " + first.describe());
        }
      } catch (TensorFlowException e) {
        // A node without outputs.
      }
    }
    return bombs.isEmpty()
        ? List.of()
        : List.of("tensors of more than 16 GiB cannot be computed: " + Names.some(bombs));
  }

  private static double bytes(TensorSpec spec) {
    List<Long> shape = spec.shape() == null ? List.of() : spec.shape();
    double bytes = Math.max(1, spec.type().bytes());
    for (long size : shape) {
      bytes *= Math.max(1, size);
    }
    return bytes;
  }
}
