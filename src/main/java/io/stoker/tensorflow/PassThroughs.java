package io.stoker.tensorflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/**
 * Takes out nodes that only hand their inputs on, and waits for nodes that are never late.
 *
 * <p>A {@code CheckNumerics} is none of them: it fails where a number is not finite, and a model
 * whose author wanted that must not answer instead.
 */
final class PassThroughs {
  /** A placeholder with a default is one once all inputs are chosen and this one was not. */
  private static final Set<String> OPS =
      Set.of(
          "Identity",
          "IdentityN",
          "StopGradient",
          "PreventGradient",
          "Snapshot",
          "PlaceholderWithDefault");

  private PassThroughs() {}

  /** The graph without them; {@code kept} are names that must stay. */
  static ModelGraph without(ModelGraph graph, Set<String> kept) {
    ModelGraph waiting = withoutVoidWaits(graph, kept);
    var awaited = new HashSet<String>();
    for (NodeDef node : waiting.nodes().values()) {
      for (String input : node.getInputList()) {
        if (TensorName.isControl(input)) {
          awaited.add(TensorName.nodeOf(input));
        }
      }
    }
    var replacements = new HashMap<TensorName, TensorName>();
    for (NodeDef node : waiting.nodes().values()) {
      boolean waits = node.getInputList().stream().anyMatch(TensorName::isControl);
      if (OPS.contains(node.getOp())
          && !waits
          && !awaited.contains(node.getName())
          && !kept.contains(node.getName())) {
        for (int i = 0; i < node.getInputCount(); i++) {
          replacements.put(new TensorName(node.getName(), i), TensorName.parse(node.getInput(i)));
        }
      }
    }
    return replacements.isEmpty() ? waiting : rewired(waiting, replacements);
  }

  /**
   * Waiting for a node that depends on constants only orders nothing: it has no effect and is never
   * skipped. A constant that itself waits, within a branch or a loop, is not meant.
   */
  private static ModelGraph withoutVoidWaits(ModelGraph graph, Set<String> kept) {
    var settled = new HashSet<String>();
    for (NodeDef node : NodeOrder.inputsFirst(graph)) {
      boolean constant =
          node.getOp().equals("Const")
              || node.getOp().equals("NoOp")
              || ConstantFolder.OPS.contains(node.getOp())
              || OPS.contains(node.getOp()) && !kept.contains(node.getName());
      // A check may fail, and then whoever waits for it must not run.
      if (constant
          && !node.getOp().equals("CheckNumerics")
          && node.getInputList().stream().map(TensorName::nodeOf).allMatch(settled::contains)) {
        settled.add(node.getName());
      }
    }
    var changed = new ArrayList<NodeDef>();
    for (NodeDef node : graph.nodes().values()) {
      List<String> inputs =
          node.getInputList().stream()
              .filter(
                  input ->
                      !TensorName.isControl(input) || !settled.contains(TensorName.nodeOf(input)))
              .toList();
      if (inputs.size() < node.getInputCount()) {
        changed.add(node.toBuilder().clearInput().addAllInput(inputs).build());
      }
    }
    return graph.with(changed);
  }

  private static ModelGraph rewired(ModelGraph graph, Map<TensorName, TensorName> replacements) {
    var changed = new ArrayList<NodeDef>();
    for (NodeDef node : graph.nodes().values()) {
      NodeDef.Builder copy = null;
      for (int i = 0; i < node.getInputCount(); i++) {
        if (TensorName.isControl(node.getInput(i))) {
          continue;
        }
        TensorName input = TensorName.parse(node.getInput(i));
        TensorName end = end(input, replacements);
        if (!end.equals(input)) {
          copy = copy == null ? node.toBuilder() : copy;
          copy.setInput(i, end.shortName());
        }
      }
      if (copy != null) {
        changed.add(copy.build());
      }
    }
    return graph.with(changed);
  }

  /** Where a chain begins, halving it on the way: chains may have thousands of nodes. */
  private static TensorName end(TensorName input, Map<TensorName, TensorName> replacements) {
    TensorName at = input;
    TensorName next = replacements.get(at);
    while (next != null) {
      TensorName afterNext = replacements.get(next);
      if (afterNext == null) {
        return next;
      }
      replacements.put(at, afterNext);
      at = afterNext;
      next = replacements.get(at);
    }
    return at;
  }
}
