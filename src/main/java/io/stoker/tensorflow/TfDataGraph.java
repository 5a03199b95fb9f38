package io.stoker.tensorflow;

import com.google.protobuf.ByteString;
import io.stoker.model.Head;
import io.stoker.model.ModelException;
import io.stoker.model.SplicedModel;
import io.stoker.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A tf.data input pipeline inside a model's graph: {@code TensorSliceDataset ->
 * ParallelMapDatasetV2 -> BatchDatasetV2 -> PrefetchDataset -> IteratorV2}, whose {@code
 * IteratorGetNext} replaces the placeholder. The iterator can be initialised again, the model need
 * not be loaded again.
 *
 * <p>The function that is mapped reads a file, decodes a box of it and, where the slot wants it,
 * resizes: with the attributes that {@link DecodeGraph} has.
 */
final class TfDataGraph {
  /** Takes the files, {@code [n] string}. */
  static final String FILES = "tfdata/files";

  /** Takes {@code [n, 5] int32}: top, left, height, width, and a number that comes back. */
  static final String BOXES = "tfdata/boxes";

  /** Runs to begin anew. */
  static final String INITIALIZE = "tfdata/initialize";

  /** Gives a batch of slots, and as its second output their numbers. */
  static final String NEXT = "tfdata/next";

  /** Values a row of {@link #BOXES}. */
  static final int BOX_VALUES = 5;

  private static final String MAP = "stoker_tfdata_map";
  private static final String ITERATOR = "tfdata/iterator";

  private TfDataGraph() {}

  /**
   * The graph, serialized.
   *
   * @param jpeg whether all files are JPEGs, of which a box can be decoded alone
   * @param whole whether every box is the whole image
   * @param parallelCalls elements that are mapped at once
   * @param prefetch batches made ahead
   */
  static byte[] of(
      SplicedModel model, int batch, boolean jpeg, boolean whole, int parallelCalls, int prefetch)
      throws ModelException {
    GraphDef graph;
    try {
      graph = GraphDef.parseFrom(model.graph());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("a spliced model's graph does not parse", e);
    }
    Head head = model.head();
    DataType slotType = Nodes.proto(head.slotType());
    AttrValue types = types(DataType.DT_STRING, DataType.DT_INT32);
    AttrValue shapes = shapes(Nodes.shape(), Nodes.shape(BOX_VALUES));
    TensorShapeProto slot = Nodes.shape(head.slotHeight(), head.slotWidth(), head.slotChannels());
    TensorShapeProto slots =
        Nodes.shape(-1, head.slotHeight(), head.slotWidth(), head.slotChannels());
    var nodes = new ArrayList<NodeDef>();
    nodes.add(Nodes.placeholder(FILES, DataType.DT_STRING, Nodes.shape(-1)));
    nodes.add(Nodes.placeholder(BOXES, DataType.DT_INT32, Nodes.shape(-1, BOX_VALUES)));
    nodes.add(
        Nodes.node("TensorSliceDataset", "tfdata/slices", FILES, BOXES)
            .putAttr("Toutput_types", types)
            .putAttr("output_shapes", shapes)
            .build());
    nodes.add(int64("tfdata/calls", parallelCalls));
    nodes.add(
        Nodes.node("ParallelMapDatasetV2", "tfdata/map", "tfdata/slices", "tfdata/calls")
            .putAttr("f", function())
            .putAttr("Targuments", types())
            .putAttr("output_types", types(slotType, DataType.DT_INT32))
            .putAttr("output_shapes", shapes(slot, Nodes.shape()))
            .putAttr("use_inter_op_parallelism", Nodes.bool(true))
            .putAttr("deterministic", text("true"))
            .build());
    nodes.add(int64("tfdata/size", batch));
    nodes.add(Nodes.bool("tfdata/drop", false));
    nodes.add(
        Nodes.node("BatchDatasetV2", "tfdata/batch", "tfdata/map", "tfdata/size", "tfdata/drop")
            .putAttr("parallel_copy", Nodes.bool(true))
            .putAttr("output_types", types(slotType, DataType.DT_INT32))
            .putAttr("output_shapes", shapes(slots, Nodes.shape(-1)))
            .build());
    nodes.add(int64("tfdata/ahead", prefetch));
    nodes.add(
        Nodes.node("PrefetchDataset", "tfdata/prefetch", "tfdata/batch", "tfdata/ahead")
            .putAttr("output_types", types(slotType, DataType.DT_INT32))
            .putAttr("output_shapes", shapes(slots, Nodes.shape(-1)))
            .build());
    nodes.add(
        Nodes.node("IteratorV2", ITERATOR)
            .putAttr("shared_name", text("stoker_tfdata"))
            .putAttr("container", text(""))
            .putAttr("output_types", types(slotType, DataType.DT_INT32))
            .putAttr("output_shapes", shapes(slots, Nodes.shape(-1)))
            .build());
    nodes.add(Nodes.node("MakeIterator", INITIALIZE, "tfdata/prefetch", ITERATOR).build());
    nodes.add(
        Nodes.node("IteratorGetNext", NEXT, ITERATOR)
            .putAttr("output_types", types(slotType, DataType.DT_INT32))
            .putAttr("output_shapes", shapes(slots, Nodes.shape(-1)))
            .build());
    // All of it is on the CPU, whatever the model is on.
    List<NodeDef> placed =
        nodes.stream().map(node -> node.toBuilder().setDevice("/CPU:0").build()).toList();
    var roots = new ArrayList<String>(List.of(INITIALIZE, NEXT));
    for (TensorSpec output : model.outputs()) {
      roots.add(TensorName.parse(output.tensor()).node());
    }
    GraphDef spliced =
        ModelGraph.of(graph)
            .rewired(TensorName.parse(model.feed()), NEXT)
            .with(placed)
            .pruned(roots)
            .toProto();
    // Pruning keeps functions that nodes call by name only where it knows them.
    FunctionDefLibrary.Builder library =
        spliced.getLibrary().toBuilder().addFunction(map(head, slotType, jpeg, whole));
    return spliced.toBuilder().setLibrary(library).build().toByteArray();
  }

  private static FunctionDef map(Head head, DataType slotType, boolean jpeg, boolean whole) {
    var function =
        FunctionDef.newBuilder()
            .setSignature(
                OpDef.newBuilder()
                    .setName(MAP)
                    .addInputArg(argument("file", DataType.DT_STRING))
                    .addInputArg(argument("box", DataType.DT_INT32))
                    .addOutputArg(argument("slot", slotType))
                    .addOutputArg(argument("id", DataType.DT_INT32)))
            .putRet("slot", "slot_value:output:0")
            .putRet("id", "number:output:0");
    function.addNodeDef(Nodes.ints("zero", 0));
    function.addNodeDef(Nodes.ints("one", 1));
    function.addNodeDef(Nodes.ints("two", 2));
    function.addNodeDef(Nodes.ints("four", 4));
    function.addNodeDef(Nodes.ints("five", BOX_VALUES));
    function.addNodeDef(
        slice("number", "four:output:0", "five:output:0").toBuilder()
            .putAttr("shrink_axis_mask", Nodes.integer(1)));
    function.addNodeDef(slice("window", "zero:output:0", "four:output:0"));
    function.addNodeDef(Nodes.node("ReadFile", "encoded", "file"));
    String pixels;
    if (jpeg) {
      NodeDef.Builder decode =
          whole
              ? Nodes.node("DecodeJpeg", "pixels", "encoded:contents:0")
              : Nodes.node("DecodeAndCropJpeg", "pixels", "encoded:contents:0", "window:output:0");
      function.addNodeDef(
          decode
              .putAttr("channels", Nodes.integer(3))
              .putAttr("dct_method", text("INTEGER_ACCURATE"))
              .putAttr("fancy_upscaling", Nodes.bool(true)));
      pixels = "pixels:image:0";
    } else {
      function.addNodeDef(
          Nodes.node("DecodePng", "pixels", "encoded:contents:0")
              .putAttr("channels", Nodes.integer(3))
              .putAttr("dtype", Nodes.type(DataType.DT_UINT8)));
      pixels = "pixels:image:0";
      if (!whole) {
        pixels = crop(function, pixels);
      }
    }
    boolean resizes = slotType == DataType.DT_FLOAT;
    if (resizes) {
      pixels = resize(function, pixels, head);
    }
    function.addNodeDef(
        Nodes.ints("slot_shape", head.slotHeight(), head.slotWidth(), head.slotChannels()));
    function.addNodeDef(
        Nodes.node("Reshape", "slot_value", pixels, "slot_shape:output:0")
            .putAttr("T", Nodes.type(slotType))
            .putAttr("Tshape", Nodes.type(DataType.DT_INT32)));
    return function.build();
  }

  /** The box of a decoded image: {@code pixels[top:top+height, left:left+width]}. */
  private static String crop(FunctionDef.Builder function, String pixels) {
    function.addNodeDef(Nodes.ints("all_channels", -1));
    function.addNodeDef(Nodes.integer("axis", 0));
    function.addNodeDef(slice("corner", "zero:output:0", "two:output:0"));
    function.addNodeDef(slice("extent", "two:output:0", "four:output:0"));
    function.addNodeDef(concat("begin", "corner:output:0", "zero:output:0"));
    function.addNodeDef(concat("size", "extent:output:0", "all_channels:output:0"));
    function.addNodeDef(
        Nodes.node("Slice", "cropped", pixels, "begin:output:0", "size:output:0")
            .putAttr("T", Nodes.type(DataType.DT_UINT8))
            .putAttr("Index", Nodes.type(DataType.DT_INT32)));
    return "cropped:output:0";
  }

  private static NodeDef slice(String name, String begin, String end) {
    return Nodes.node("StridedSlice", name, "box", begin, end, "one:output:0")
        .putAttr("T", Nodes.type(DataType.DT_INT32))
        .putAttr("Index", Nodes.type(DataType.DT_INT32))
        .build();
  }

  private static NodeDef concat(String name, String left, String right) {
    return Nodes.node("ConcatV2", name, left, right, "axis:output:0")
        .putAttr("N", Nodes.integer(2))
        .putAttr("T", Nodes.type(DataType.DT_INT32))
        .putAttr("Tidx", Nodes.type(DataType.DT_INT32))
        .build();
  }

  private static String resize(FunctionDef.Builder function, String pixels, Head head) {
    function.addNodeDef(Nodes.integer("first", 0));
    function.addNodeDef(
        Nodes.node("ExpandDims", "one_image", pixels, "first:output:0")
            .putAttr("T", Nodes.type(DataType.DT_UINT8))
            .putAttr("Tdim", Nodes.type(DataType.DT_INT32)));
    function.addNodeDef(Nodes.ints("sides", head.slotHeight(), head.slotWidth()));
    function.addNodeDef(
        Nodes.node("ResizeBilinear", "resized", "one_image:output:0", "sides:output:0")
            .putAttr("T", Nodes.type(DataType.DT_UINT8))
            .putAttr("align_corners", Nodes.bool(false))
            .putAttr("half_pixel_centers", Nodes.bool(true)));
    return "resized:resized_images:0";
  }

  private static OpDef.ArgDef argument(String name, DataType type) {
    return OpDef.ArgDef.newBuilder().setName(name).setType(type).build();
  }

  private static AttrValue function() {
    return AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(MAP)).build();
  }

  private static NodeDef int64(String name, long value) {
    return Nodes.constant(
        name,
        org.tensorflow.proto.TensorProto.newBuilder()
            .setDtype(DataType.DT_INT64)
            .setTensorShape(Nodes.shape())
            .addInt64Val(value)
            .build());
  }

  private static AttrValue text(String value) {
    return Nodes.bytes(ByteString.copyFromUtf8(value));
  }

  private static AttrValue types(DataType... types) {
    return AttrValue.newBuilder()
        .setList(AttrValue.ListValue.newBuilder().addAllType(List.of(types)))
        .build();
  }

  private static AttrValue shapes(TensorShapeProto... shapes) {
    return AttrValue.newBuilder()
        .setList(AttrValue.ListValue.newBuilder().addAllShape(List.of(shapes)))
        .build();
  }
}
