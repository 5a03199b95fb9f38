package io.stoker.tensorflow;

import io.stoker.model.DataType;
import io.stoker.model.Tail;
import io.stoker.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.NodeDef;

/**
 * Builds the nodes from the model's fetches to what a run returns. Not thread-safe; made for one
 * tail.
 */
final class TailNodes {
  private final String prefix;
  private final List<NodeDef> nodes = new ArrayList<>();
  private final List<NamedTensor> outputs = new ArrayList<>();

  private TailNodes(String prefix) {
    this.prefix = prefix;
  }

  /**
   * Builds.
   *
   * @param prefix what all names begin with
   * @param fetches of the model, in its graph's names
   */
  static TailNodes build(String prefix, List<TensorSpec> fetches, Tail tail) {
    var nodes = new TailNodes(prefix);
    nodes.first(fetches.get(0), tail);
    for (int i = 1; i < fetches.size(); i++) {
      TensorSpec fetch = fetches.get(i);
      String value = nodes.floats(fetch, "cast_" + i);
      nodes.outputs.add(new NamedTensor(fetch.name(), TensorName.parse(value)));
    }
    return nodes;
  }

  List<NodeDef> nodes() {
    return nodes;
  }

  /** What a run returns, in order. */
  List<NamedTensor> outputs() {
    return outputs;
  }

  private void first(TensorSpec fetch, Tail tail) {
    String value = floats(fetch, "cast_0");
    DataType type = isHalf(fetch.type()) ? DataType.FLOAT32 : fetch.type();
    if (tail.softmax()) {
      value =
          add(Nodes.node("Softmax", name("softmax"), value).putAttr("T", Nodes.type(type)).build());
    }
    switch (tail.reduction()) {
      case NONE -> output(fetch.name(), value);
      case ARGMAX -> output(fetch.name(), argmax(value, type));
      case TOP_K -> {
        String top = topK(value, type, tail.k());
        output(fetch.name(), top);
        output(fetch.name() + "_indices", top + ":1");
      }
    }
  }

  private String argmax(String value, DataType type) {
    String axis = name("argmax_axis");
    nodes.add(Nodes.integer(axis, -1));
    return add(
        Nodes.node("ArgMax", name("argmax"), value, axis)
            .putAttr("T", Nodes.type(type))
            .putAttr("Tidx", Nodes.type(DataType.INT32))
            .putAttr("output_type", Nodes.type(DataType.INT32))
            .build());
  }

  private String topK(String value, DataType type, int k) {
    String count = name("top_k_count");
    nodes.add(Nodes.integer(count, k));
    return add(
        Nodes.node("TopKV2", name("top_k"), value, count)
            .putAttr("T", Nodes.type(type))
            .putAttr("sorted", Nodes.bool(true))
            .build());
  }

  /** Half-precision values as float32; others as they are. */
  private String floats(TensorSpec fetch, String step) {
    return isHalf(fetch.type())
        ? add(
            Nodes.cast(
                name(step),
                fetch.tensor(),
                Nodes.proto(fetch.type()),
                Nodes.proto(DataType.FLOAT32)))
        : fetch.tensor();
  }

  private static boolean isHalf(DataType type) {
    return type == DataType.FLOAT16 || type == DataType.BFLOAT16;
  }

  private void output(String name, String tensor) {
    outputs.add(new NamedTensor(name, TensorName.parse(tensor)));
  }

  private String name(String step) {
    return prefix + "tail/" + step;
  }

  private String add(NodeDef node) {
    nodes.add(node);
    return node.getName();
  }
}
