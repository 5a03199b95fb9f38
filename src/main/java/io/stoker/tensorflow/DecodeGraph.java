package io.stoker.tensorflow;

import com.google.protobuf.ByteString;
import java.util.List;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VersionDef;

/** The graph of TensorFlow's decode ops. */
final class DecodeGraph {
  /** The file: a scalar string. */
  static final String ENCODED = "encoded";

  /** {@code [top, left, height, width] int32}. */
  static final String WINDOW = "window";

  /** TensorFlow 2.18's: ops behave as of that version. */
  private static final int PRODUCER = 1882;

  private DecodeGraph() {}

  /** One way to decode; gives {@code [height, width, 3]}. */
  enum Op {
    JPEG(List.of(ENCODED)),
    JPEG_WINDOW(List.of(ENCODED, WINDOW)),
    PNG(List.of(ENCODED)),
    /** Gives uint16, not uint8. */
    PNG_16(List.of(ENCODED));

    private final List<String> feeds;

    Op(List<String> feeds) {
      this.feeds = feeds;
    }

    List<String> feeds() {
      return feeds;
    }
  }

  /** A serialized {@code GraphDef} with a node for each {@link Op}, by its name. */
  static byte[] bytes() {
    return GraphDef.newBuilder()
        .setVersions(VersionDef.newBuilder().setProducer(PRODUCER))
        .addNode(placeholder(ENCODED, DataType.DT_STRING, TensorShapeProto.newBuilder()))
        .addNode(
            placeholder(
                WINDOW,
                DataType.DT_INT32,
                TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dim.newBuilder().setSize(4))))
        .addNode(jpeg(Op.JPEG, "DecodeJpeg"))
        .addNode(jpeg(Op.JPEG_WINDOW, "DecodeAndCropJpeg"))
        .addNode(png(Op.PNG, DataType.DT_UINT8))
        .addNode(png(Op.PNG_16, DataType.DT_UINT16))
        .build()
        .toByteArray();
  }

  private static NodeDef placeholder(String name, DataType type, TensorShapeProto.Builder shape) {
    return NodeDef.newBuilder()
        .setName(name)
        .setOp("Placeholder")
        .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
        .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
        .build();
  }

  private static NodeDef.Builder op(Op op, String type) {
    return NodeDef.newBuilder()
        .setName(op.name())
        .setOp(type)
        .addAllInput(op.feeds())
        .putAttr("channels", AttrValue.newBuilder().setI(3).build());
  }

  private static NodeDef jpeg(Op op, String type) {
    return op(op, type)
        .putAttr(
            "dct_method",
            AttrValue.newBuilder().setS(ByteString.copyFromUtf8("INTEGER_ACCURATE")).build())
        .putAttr("fancy_upscaling", AttrValue.newBuilder().setB(true).build())
        .build();
  }

  private static NodeDef png(Op op, DataType type) {
    return op(op, "DecodePng")
        .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
        .build();
  }
}
