package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.stoker.model.DataType;
import io.stoker.testing.Npy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/** Runs graphs on arrays and compares what they give. */
final class GraphRuns {
  private GraphRuns() {}

  /** An output, as its elements' bytes or strings. */
  record Output(DataType type, long[] shape, byte[] bytes, byte[][] strings) {
    float[] floats() {
      return array().floats();
    }

    double[] doubles() {
      return array().doubles();
    }

    long[] longs() {
      return array().longs();
    }

    private Npy array() {
      return new Npy(dtype(type), shape, bytes);
    }
  }

  /** Runs once. */
  static List<Output> run(ModelGraph graph, Map<TensorName, Npy> feeds, List<TensorName> fetches)
      throws TensorFlowException {
    var names = new ArrayList<String>();
    var values = new ArrayList<NativeTensor>();
    var constants = new ArrayList<NodeDef>();
    for (var feed : feeds.entrySet()) {
      if (feed.getValue().dtype().startsWith("S")) {
        constants.add(Nodes.constant(feed.getKey().node(), strings(feed.getValue())));
      } else {
        names.add(feed.getKey().toString());
        Npy array = feed.getValue();
        values.add(NativeTensor.of(type(array.dtype()), array.shape(), array.bytes()));
      }
    }
    byte[] bytes = graph.with(constants).toProto().toByteArray();
    try {
      return run(bytes, names, values, fetches.stream().map(TensorName::toString).toList());
    } finally {
      values.forEach(NativeTensor::close);
    }
  }

  /** Runs once. */
  static List<Output> run(
      byte[] graph, List<String> feeds, List<NativeTensor> values, List<String> fetches)
      throws TensorFlowException {
    return run(graph, feeds, values, fetches, Graphs.config());
  }

  /** Runs once, with a session's settings. */
  static List<Output> run(
      byte[] graph,
      List<String> feeds,
      List<NativeTensor> values,
      List<String> fetches,
      byte[] config)
      throws TensorFlowException {
    try (var nativeGraph = NativeGraph.of(graph);
        var session = NativeSession.open(nativeGraph, config);
        var runner = session.runner(feeds, fetches, List.of())) {
      List<NativeTensor> results = runner.firstRun(values.toArray(new NativeTensor[0]));
      try {
        return results.stream().map(GraphRuns::copy).toList();
      } finally {
        results.forEach(NativeTensor::close);
      }
    }
  }

  private static Output copy(NativeTensor tensor) {
    if (tensor.type() == DataType.STRING) {
      return new Output(tensor.type(), tensor.shape(), new byte[0], tensor.strings());
    }
    ByteBuffer data = tensor.data();
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return new Output(tensor.type(), tensor.shape(), bytes, new byte[0][]);
  }

  private static TensorProto strings(Npy array) {
    var tensor =
        TensorProto.newBuilder()
            .setDtype(org.tensorflow.proto.DataType.DT_STRING)
            .setTensorShape(Nodes.shape(array.shape()));
    for (byte[] text : array.strings()) {
      tensor.addStringVal(ByteString.copyFrom(text));
    }
    return tensor.build();
  }

  private static DataType type(String dtype) {
    for (DataType type : DataType.values()) {
      if (type.bytes() > 0 && type != DataType.BFLOAT16 && dtype(type).equals(dtype)) {
        return type;
      }
    }
    throw new IllegalArgumentException(dtype);
  }

  private static String dtype(DataType type) {
    return switch (type) {
      case BOOL -> "b1";
      case UINT8, UINT16, UINT32, UINT64 -> "u" + type.bytes();
      case FLOAT16, FLOAT32, FLOAT64 -> "f" + type.bytes();
      default -> "i" + type.bytes();
    };
  }

  /** Within the index's tolerance; NaN equals NaN, all but floats exactly. */
  static void assertSame(Output got, Npy want, double atol, double rtol) {
    assertThat(got.shape()).isEqualTo(want.shape());
    if (want.dtype().startsWith("S")) {
      assertThat(got.strings()).isDeepEqualTo(want.strings());
      return;
    }
    assertThat(dtype(got.type())).isEqualTo(want.dtype());
    if (!want.dtype().startsWith("f")) {
      assertThat(got.longs()).isEqualTo(want.longs());
      return;
    }
    double[] values = got.doubles();
    double[] wanted = want.doubles();
    for (int i = 0; i < wanted.length; i++) {
      boolean same =
          Double.compare(values[i], wanted[i]) == 0
              || Math.abs(values[i] - wanted[i]) <= atol + rtol * Math.abs(wanted[i]);
      assertThat(same).as("element %d: %s, expected %s", i, values[i], wanted[i]).isTrue();
    }
  }
}
