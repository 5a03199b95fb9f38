package io.stoker.tensorflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.NodeDef;

/** Who takes what from each node of a graph. */
final class Uses {
  private final Map<String, List<Use>> byNode = new HashMap<>();

  /**
   * One edge.
   *
   * @param input which of the consumer's inputs
   */
  record Use(NodeDef consumer, int input) {
    private String text() {
      return consumer.getInput(input);
    }

    /** Whether it takes the node's first output, as a value. */
    boolean isFirstOutput() {
      return !TensorName.isControl(text()) && TensorName.parse(text()).index() == 0;
    }

    /** Whether it only waits for the node. */
    boolean isControl() {
      return TensorName.isControl(text());
    }
  }

  Uses(ModelGraph graph) {
    for (NodeDef node : graph.nodes().values()) {
      for (int i = 0; i < node.getInputCount(); i++) {
        byNode
            .computeIfAbsent(TensorName.nodeOf(node.getInput(i)), name -> new ArrayList<>(1))
            .add(new Use(node, i));
      }
    }
  }

  List<Use> of(String node) {
    return byNode.getOrDefault(node, List.of());
  }
}
