package io.stoker.tensorflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.tensorflow.proto.NodeDef;

/** An order of a graph's nodes in which inputs come first: Kahn's algorithm. */
final class NodeOrder {
  private NodeOrder() {}

  /** The nodes in such an order. Those on loops, and what depends on them, are left out. */
  static List<NodeDef> inputsFirst(ModelGraph graph) {
    var waitsFor = new HashMap<String, Integer>();
    var ready = new ArrayDeque<NodeDef>();
    for (NodeDef node : graph.nodes().values()) {
      if (node.getInputCount() == 0) {
        ready.add(node);
      } else {
        waitsFor.put(node.getName(), node.getInputCount());
      }
    }
    var uses = new Uses(graph);
    var order = new ArrayList<NodeDef>();
    while (!ready.isEmpty()) {
      NodeDef node = ready.remove();
      order.add(node);
      for (Uses.Use use : uses.of(node.getName())) {
        if (waitsFor.merge(use.consumer().getName(), -1, Integer::sum) == 0) {
          ready.add(use.consumer());
        }
      }
    }
    return order;
  }
}
