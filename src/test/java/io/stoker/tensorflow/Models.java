package io.stoker.tensorflow;

import io.stoker.model.ChannelOrder;
import io.stoker.model.DataType;
import io.stoker.model.Head;
import io.stoker.model.Normalization;
import io.stoker.model.SplicedModel;
import io.stoker.model.TensorSpec;
import java.util.Arrays;
import java.util.List;

/** Small models for tests; slots are {@code [height, width, 3] uint8}. */
final class Models {
  static final org.tensorflow.proto.DataType FLOAT = org.tensorflow.proto.DataType.DT_FLOAT;
  static final org.tensorflow.proto.DataType INT32 = org.tensorflow.proto.DataType.DT_INT32;
  static final org.tensorflow.proto.DataType INT64 = org.tensorflow.proto.DataType.DT_INT64;
  static final org.tensorflow.proto.DataType UINT8 = org.tensorflow.proto.DataType.DT_UINT8;

  private Models() {}

  /** Nodes {@code in}, the slots, and {@code x}, the same as float32. */
  static Graphs head(long batch, int height, int width) {
    return new Graphs()
        .placeholder("in", UINT8, batch, height, width, 3)
        .node("Cast", "x", List.of("in"), "SrcT", UINT8, "DstT", FLOAT);
  }

  /** As above, and {@code mean [batch, 3]}. */
  static Graphs mean(long batch, int height, int width) {
    return head(batch, height, width)
        .ints("axes", 1, 2)
        .node("Mean", "mean", List.of("x", "axes"), "T", FLOAT, "Tidx", INT32, "keep_dims", false);
  }

  /** The graph with these fetches. */
  static SplicedModel model(Graphs graph, int batch, int height, int width, String... fetches) {
    var head =
        new Head(
            height,
            width,
            3,
            DataType.UINT8,
            height,
            width,
            ChannelOrder.RGB,
            Normalization.NONE,
            false,
            false);
    var outputs =
        Arrays.stream(fetches)
            .map(fetch -> new TensorSpec(fetch, fetch + ":0", DataType.FLOAT32, null))
            .toList();
    return new SplicedModel(graph.bytes(), "in", head, batch, outputs);
  }
}
