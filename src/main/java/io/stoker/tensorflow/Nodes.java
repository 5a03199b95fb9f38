package io.stoker.tensorflow;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Writes graph nodes and their attributes, and reads what refers to functions. */
final class Nodes {
  private Nodes() {}

  static NodeDef.Builder node(String op, String name, String... inputs) {
    return NodeDef.newBuilder().setOp(op).setName(name).addAllInput(Arrays.asList(inputs));
  }

  static NodeDef placeholder(String name, DataType type, TensorShapeProto shape) {
    return node("Placeholder", name)
        .putAttr("dtype", type(type))
        .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
        .build();
  }

  static NodeDef identity(String name, String input, DataType type) {
    return node("Identity", name, input).putAttr("T", type(type)).build();
  }

  static NodeDef cast(String name, String input, DataType from, DataType to) {
    return node("Cast", name, input).putAttr("SrcT", type(from)).putAttr("DstT", type(to)).build();
  }

  static NodeDef constant(String name, TensorProto value) {
    return node("Const", name)
        .putAttr("dtype", type(value.getDtype()))
        .putAttr("value", AttrValue.newBuilder().setTensor(value).build())
        .build();
  }

  /** A vector. */
  static NodeDef ints(String name, int... values) {
    var tensor =
        TensorProto.newBuilder().setDtype(DataType.DT_INT32).setTensorShape(shape(values.length));
    for (int value : values) {
      tensor.addIntVal(value);
    }
    return constant(name, tensor.build());
  }

  /** A scalar. */
  static NodeDef integer(String name, int value) {
    return constant(
        name,
        TensorProto.newBuilder()
            .setDtype(DataType.DT_INT32)
            .setTensorShape(shape())
            .addIntVal(value)
            .build());
  }

  /** A vector, or a scalar if there is one value. */
  static NodeDef floats(String name, float... values) {
    var tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_FLOAT)
            .setTensorShape(values.length == 1 ? shape() : shape(values.length));
    for (float value : values) {
      tensor.addFloatVal(value);
    }
    return constant(name, tensor.build());
  }

  /** A scalar. */
  static NodeDef bool(String name, boolean value) {
    return constant(
        name,
        TensorProto.newBuilder()
            .setDtype(DataType.DT_BOOL)
            .setTensorShape(shape())
            .addBoolVal(value)
            .build());
  }

  static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  static AttrValue type(io.stoker.model.DataType type) {
    return type(proto(type));
  }

  /** TensorFlow's own name for a type. */
  static DataType proto(io.stoker.model.DataType type) {
    return DataType.forNumber(type.number());
  }

  static AttrValue integer(long value) {
    return AttrValue.newBuilder().setI(value).build();
  }

  static AttrValue bool(boolean value) {
    return AttrValue.newBuilder().setB(value).build();
  }

  static AttrValue bytes(ByteString value) {
    return AttrValue.newBuilder().setS(value).build();
  }

  /** A shape; -1 is a dimension that is not known. */
  static TensorShapeProto shape(long... sizes) {
    var shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return shape.build();
  }

  static TensorShapeProto unknownShape() {
    return TensorShapeProto.newBuilder().setUnknownRank(true).build();
  }

  /** Names of the functions that a node's attributes hold. */
  static List<String> functions(Map<String, AttrValue> attributes) {
    var names = new ArrayList<String>(0);
    for (AttrValue value : attributes.values()) {
      if (value.hasFunc()) {
        names.add(value.getFunc().getName());
      } else if (value.hasList()) {
        for (NameAttrList function : value.getList().getFuncList()) {
          names.add(function.getName());
        }
      }
    }
    return names;
  }
}
