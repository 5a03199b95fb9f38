package io.stoker.tensorflow;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VersionDef;

/** Builds small graphs for tests. */
final class Graphs {
  private final List<NodeDef> nodes = new ArrayList<>();

  byte[] bytes() {
    return GraphDef.newBuilder()
        .setVersions(VersionDef.newBuilder().setProducer(1882))
        .addAllNode(nodes)
        .build()
        .toByteArray();
  }

  Graphs placeholder(String name, DataType type, long... shape) {
    return node("Placeholder", name, List.of(), "dtype", type, "shape", shape(shape));
  }

  Graphs floats(String name, long[] shape, float... values) {
    var tensor = TensorProto.newBuilder().setDtype(DataType.DT_FLOAT).setTensorShape(shape(shape));
    for (float value : values) {
      tensor.addFloatVal(value);
    }
    return node("Const", name, List.of(), "dtype", DataType.DT_FLOAT, "value", tensor.build());
  }

  Graphs ints(String name, int... values) {
    var tensor =
        TensorProto.newBuilder().setDtype(DataType.DT_INT32).setTensorShape(shape(values.length));
    for (int value : values) {
      tensor.addIntVal(value);
    }
    return node("Const", name, List.of(), "dtype", DataType.DT_INT32, "value", tensor.build());
  }

  /** A scalar. */
  Graphs integer(String name, int value) {
    nodes.add(Nodes.integer(name, value));
    return this;
  }

  /** A scalar string. */
  Graphs text(String name, String value) {
    var tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_STRING)
            .setTensorShape(shape())
            .addStringVal(ByteString.copyFromUtf8(value));
    return node("Const", name, List.of(), "dtype", DataType.DT_STRING, "value", tensor.build());
  }

  /** A matrix of zeros. */
  Graphs zeros(String name, int rows, int columns) {
    var tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_INT32)
            .setTensorShape(shape(rows, columns))
            .addIntVal(0);
    return node("Const", name, List.of(), "dtype", DataType.DT_INT32, "value", tensor.build());
  }

  /** A node; attributes come as name, value, name, value. */
  Graphs node(String op, String name, List<String> inputs, Object... attributes) {
    var node = NodeDef.newBuilder().setOp(op).setName(name).addAllInput(inputs);
    for (int i = 0; i < attributes.length; i += 2) {
      node.putAttr((String) attributes[i], attribute(attributes[i + 1]));
    }
    nodes.add(node.build());
    return this;
  }

  static TensorShapeProto shape(long... sizes) {
    var shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return shape.build();
  }

  private static AttrValue attribute(Object value) {
    var attribute = AttrValue.newBuilder();
    if (value instanceof DataType type) {
      attribute.setType(type);
    } else if (value instanceof TensorShapeProto shape) {
      attribute.setShape(shape);
    } else if (value instanceof TensorProto tensor) {
      attribute.setTensor(tensor);
    } else if (value instanceof String text) {
      attribute.setS(ByteString.copyFromUtf8(text));
    } else if (value instanceof Boolean flag) {
      attribute.setB(flag);
    } else if (value instanceof Integer number) {
      attribute.setI(number);
    } else if (value instanceof Float number) {
      attribute.setF(number);
    } else if (value instanceof int[] numbers) {
      var list = AttrValue.ListValue.newBuilder();
      for (int number : numbers) {
        list.addI(number);
      }
      attribute.setList(list);
    } else if (value instanceof AttrValue whole) {
      return whole;
    } else {
      throw new IllegalArgumentException("attribute " + value);
    }
    return attribute.build();
  }

  /** Runs in the caller's thread, one core. */
  static byte[] config() {
    return ConfigProto.newBuilder()
        .setInterOpParallelismThreads(-1)
        .setIntraOpParallelismThreads(1)
        .build()
        .toByteArray();
  }
}
