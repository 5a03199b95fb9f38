package io.stoker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.model.ChannelOrder;
import io.stoker.model.DataType;
import io.stoker.model.Head;
import io.stoker.model.Normalization;
import io.stoker.model.SplicedModel;
import io.stoker.model.Tail;
import io.stoker.model.TensorSpec;
import io.stoker.runtime.OutputColumn.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OutputColumnsTest {
  private final List<String> problems = new ArrayList<>();
  private PredictSpec.Vectors vectors = PredictSpec.Vectors.ARRAY;

  @Test
  void rawOutputsKeepTheirRankAndType() {
    assertThat(
            columns(
                Tail.NONE,
                List.of(),
                output("count", DataType.INT64, -1),
                output("scores", DataType.FLOAT32, -1, 10),
                output("mask", DataType.UINT8, -1, 8, 8),
                new TensorSpec("odd", "odd:0", DataType.FLOAT32, null)))
        .containsExactly(
            new OutputColumn("count", Kind.SCALAR, DataType.INT64, 0),
            new OutputColumn("scores", Kind.VECTOR, DataType.FLOAT32, 1),
            new OutputColumn("mask", Kind.TENSOR, DataType.UINT8, 2),
            new OutputColumn("odd", Kind.TENSOR, DataType.FLOAT32, 3));
    assertThat(problems).isEmpty();
  }

  @Test
  void askedForBytesOnlyScalarsStayValues() {
    vectors = PredictSpec.Vectors.BINARY;
    assertThat(
            columns(
                Tail.NONE,
                List.of(),
                output("count", DataType.INT64, -1),
                output("scores", DataType.FLOAT32, -1, 10),
                output("mask", DataType.UINT8, -1, 8, 8)))
        .containsExactly(
            new OutputColumn("count", Kind.SCALAR, DataType.INT64, 0),
            new OutputColumn("scores", Kind.VECTOR_BYTES, DataType.FLOAT32, 1),
            new OutputColumn("mask", Kind.TENSOR_BYTES, DataType.UINT8, 2));
  }

  @Test
  void topKTakesTwoOutputsAndLeavesTheOthersRaw() {
    assertThat(
            columns(
                new Tail(false, Tail.Reduction.TOP_K, 2),
                List.of("a", "b", "c"),
                output("scores", DataType.FLOAT32, -1, 2),
                output("scores", DataType.INT32, -1, 2),
                output("embedding", DataType.FLOAT32, -1, 32)))
        .containsExactly(
            new OutputColumn("scores", Kind.TOP_K, DataType.FLOAT32, 0),
            new OutputColumn("embedding", Kind.VECTOR, DataType.FLOAT32, 2));
    assertThat(problems).isEmpty();
  }

  @Test
  void argmaxGivesAClassItsLabelOrAMap() {
    Tail argmax = new Tail(false, Tail.Reduction.ARGMAX, 0);
    assertThat(columns(argmax, List.of("a", "b", "c"), output("scores", DataType.INT32, -1)))
        .containsExactly(
            new OutputColumn("scores", Kind.CLASS, DataType.INT32, 0),
            new OutputColumn("label", Kind.CLASS_LABEL, DataType.STRING, 0));
    assertThat(columns(argmax, List.of(), output("mask", DataType.INT32, -1, 8, 8)))
        .containsExactly(new OutputColumn("mask", Kind.CLASS_MAP, DataType.UINT8, 0));
  }

  @Test
  void labelsMustBeAsManyAsClasses() {
    columns(
        new Tail(false, Tail.Reduction.ARGMAX, 0),
        List.of("a", "b"),
        output("scores", DataType.INT32, -1));
    assertThat(problems)
        .containsExactly(
            "--labels has 2 names, but \"scores\" has 3 classes; expected one name a line, in the"
                + " order of the classes");
  }

  private List<OutputColumn> columns(Tail tail, List<String> labels, TensorSpec... outputs) {
    var head =
        new Head(1, 1, 3, DataType.UINT8, 1, 1, ChannelOrder.RGB, Normalization.NONE, false, false);
    var model = new SplicedModel(new byte[0], "in:0", head, 0, List.of(outputs));
    return OutputColumns.of(model, tail, vectors, labels, 3, problems);
  }

  private static TensorSpec output(String name, DataType type, long... shape) {
    return new TensorSpec(name, name + ":0", type, TensorSpec.shapeOf(shape));
  }
}
