package io.stoker.tensorflow;

import com.google.protobuf.InvalidProtocolBufferException;
import io.stoker.model.ChannelOrder;
import io.stoker.model.DataType;
import io.stoker.model.Head;
import io.stoker.model.InputLayout;
import io.stoker.model.ModelException;
import io.stoker.model.ResolvedModel;
import io.stoker.model.SplicedModel;
import io.stoker.model.Tail;
import io.stoker.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Puts a head before and a tail behind a model, in one graph: pixels go in as bytes, answers come
 * out.
 *
 * <p>The model's placeholder goes away; whatever used it, as {@code x}, {@code x:0} or {@code ^x},
 * uses the head's end. The graph is rewritten rather than mapped while importing, so that what is
 * spliced can be shipped and cached as bytes.
 *
 * <p>Stateless and thread-safe.
 */
public final class Splicer {
  private Splicer() {}

  /**
   * Splices.
   *
   * @throws ModelException if head, tail and model do not fit together, with every problem that can
   *     be told at once
   */
  public static SplicedModel splice(ResolvedModel model, Head head, Tail tail)
      throws ModelException {
    InputLayout layout = InputLayout.of(model.input());
    var problems = new ArrayList<String>();
    checkHead(head, model.input(), layout, problems);
    checkTail(tail, model.fetches().get(0), problems);
    throwIfAny(problems);

    ModelGraph graph = ModelGraph.of(parse(model.graph()));
    String prefix = graph.unusedPrefix("stoker");
    HeadNodes before = HeadNodes.build(prefix, head, model.input().type(), layout.fixedBatch());
    TensorName placeholder = TensorName.parse(model.input().tensor());
    List<TensorSpec> fetches =
        model.fetches().stream()
            .map(fetch -> behindHead(fetch, placeholder, before.end()))
            .toList();
    TailNodes after = TailNodes.build(prefix, fetches, tail);

    var added = new ArrayList<NodeDef>(before.nodes());
    added.addAll(after.nodes());
    var roots = new ArrayList<>(LoadedModel.nodes(after.outputs()));
    roots.add(before.feed()); // also if no fetch depends on it
    ModelGraph whole = graph.rewired(placeholder, before.end()).with(added).pruned(roots);
    return infer(whole.toProto().toByteArray(), before, after, head, layout.fixedBatch());
  }

  private static TensorSpec behindHead(TensorSpec fetch, TensorName placeholder, String end) {
    return TensorName.parse(fetch.tensor()).equals(placeholder)
        ? new TensorSpec(fetch.name(), end + ":0", fetch.type(), fetch.shape())
        : fetch;
  }

  private static GraphDef parse(byte[] graph) {
    try {
      return GraphDef.parseFrom(graph);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("a resolved model's graph does not parse", e);
    }
  }

  private static void throwIfAny(List<String> problems) throws ModelException {
    if (!problems.isEmpty()) {
      throw new ModelException(problems);
    }
  }

  // ---- does it fit

  private static void checkHead(
      Head head, TensorSpec input, InputLayout layout, List<String> problems) {
    String model = "the model's input " + input.name() + " is " + input.describe();
    if (head.channelsFirst() != layout.channelsFirst() && input.shape() != null) {
      problems.add(model + ", which has channels " + (layout.channelsFirst() ? "first" : "last"));
    }
    int height = head.raw() ? head.slotHeight() : head.modelHeight();
    int width = head.raw() ? head.slotWidth() : head.modelWidth();
    if (differs(layout.height(), height) || differs(layout.width(), width)) {
      problems.add(
          model
              + ", but images of "
              + height
              + " rows and "
              + width
              + " columns would be given"
              + " (--input-size)");
    }
    if (head.slotType() != DataType.UINT8 && head.slotType() != DataType.FLOAT32) {
      problems.add("slots hold " + head.slotType().label() + ", expected uint8 or float32");
    }
    if (head.raw()) {
      if (differs(layout.channels(), head.slotChannels())) {
        problems.add(
            model + ", but the preprocess class makes " + head.slotChannels() + " channels");
      }
      return;
    }
    int channels = head.channels() == ChannelOrder.GRAY ? 1 : 3;
    if (differs(layout.channels(), channels)) {
      problems.add(
          model
              + ", but images with "
              + channels
              + " channels would be given ("
              + (layout.channels() == 1
                  ? "--channels gray"
                  : layout.channels() == 3
                      ? "--channels rgb or bgr"
                      : "a --preprocess class can make others")
              + ")");
    }
    if (head.slotChannels() != 3) {
      problems.add("slots have " + head.slotChannels() + " channels, expected 3: red, green, blue");
    }
    if (channels == 1 && !HeadNodes.isSameForAllChannels(head.normalization())) {
      problems.add(
          "--normalize "
              + head.normalization().name()
              + " has a value for each of three channels;"
              + " it cannot be used with --channels gray");
    }
  }

  private static boolean differs(int modelHas, int given) {
    return modelHas >= 0 && modelHas != given;
  }

  private static void checkTail(Tail tail, TensorSpec fetch, List<String> problems) {
    if (!tail.softmax() && tail.reduction() == Tail.Reduction.NONE) {
      return;
    }
    String output = "output " + fetch.name() + " is " + fetch.describe();
    if (tail.softmax() && !isFloating(fetch.type())) {
      problems.add(output + ", expected floating-point numbers for --softmax");
    }
    if (tail.reduction() != Tail.Reduction.NONE && !isNumber(fetch.type())) {
      problems.add(output + ", expected numbers for --argmax and --top-k");
    }
    List<Long> shape = fetch.shape();
    if (shape == null) {
      return;
    }
    if (shape.size() < 2) {
      problems.add(
          output
              + ", expected [batch, classes] for --softmax, --argmax and --top-k; choose another"
              + " with --fetch");
      return;
    }
    long classes = shape.get(shape.size() - 1);
    if (tail.reduction() == Tail.Reduction.TOP_K
        && (tail.k() < 1 || (classes >= 0 && tail.k() > classes))) {
      problems.add(
          "top-k "
              + tail.k()
              + " of "
              + (classes < 0 ? "?" : classes)
              + " classes: "
              + output
              + ", expected --top-k from 1 to "
              + (classes < 0 ? "their number" : classes));
    }
  }

  private static boolean isFloating(DataType type) {
    return switch (type) {
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16 -> true;
      default -> false;
    };
  }

  private static boolean isNumber(DataType type) {
    return switch (type) {
      case STRING, BOOL, OTHER -> false;
      default -> true;
    };
  }

  // ---- what comes out

  private static SplicedModel infer(
      byte[] graph, HeadNodes before, TailNodes after, Head head, int inputBatch)
      throws ModelException {
    var problems = new ArrayList<String>();
    var outputs = new ArrayList<TensorSpec>();
    int fixedBatch = inputBatch;
    try (var shapes = NativeGraph.of(graph)) {
      for (NamedTensor output : after.outputs()) {
        TensorSpec spec = shapes.spec(output.name(), output.tensor().toString());
        outputs.add(spec);
        fixedBatch = checkOutput(spec, fixedBatch, problems);
      }
    } catch (TensorFlowException e) {
      throw new ModelException(
          "the model does not take what the head gives it: " + e.getMessage(), e);
    }
    throwIfAny(problems);
    return new SplicedModel(graph, before.feed() + ":0", head, fixedBatch, List.copyOf(outputs));
  }

  /**
   * Checks that an output has one value for each image of the batch.
   *
   * @return the batch size: 1 if the model turns out to be built for single images, whatever its
   *     placeholder says
   */
  private static int checkOutput(TensorSpec output, int fixedBatch, List<String> problems) {
    String what = "output " + output.name() + " is " + output.describe();
    if (output.type() == DataType.OTHER || output.type() == DataType.STRING) {
      problems.add(what + ", which cannot be returned; choose another with --fetch");
      return fixedBatch;
    }
    List<Long> shape = output.shape();
    if (shape == null) {
      return fixedBatch; // checked at each run
    }
    if (shape.isEmpty()) {
      problems.add(
          what
              + ", one number for the whole batch, expected one for each image: [batch, …]; choose"
              + " another with --fetch");
      return fixedBatch;
    }
    long batch = shape.get(0);
    if (batch == 1 && fixedBatch == 0) {
      return 1;
    }
    if (batch >= 0 && batch != fixedBatch) {
      problems.add(
          what
              + ": its first dimension is "
              + batch
              + ", expected the batch"
              + (fixedBatch == 0 ? "" : " of " + fixedBatch)
              + "; choose another with --fetch");
    }
    return fixedBatch;
  }
}
