package io.stoker.runtime;

import io.stoker.model.DataType;
import io.stoker.model.SplicedModel;
import io.stoker.model.Tail;
import io.stoker.model.TensorSpec;
import io.stoker.runtime.OutputColumn.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/** Which columns a model's outputs become. */
final class OutputColumns {
  /** The column with the name of the class that {@code --argmax} chose. */
  static final String LABEL = "label";

  /** {@code CLASS_MAP} has a byte a pixel. */
  private static final int MAP_CLASSES = 256;

  private OutputColumns() {}

  /**
   * The columns, in order. What does not fit is added to the problems.
   *
   * @param classes the size of the first fetch's last axis before the tail, or -1
   */
  static List<OutputColumn> of(
      SplicedModel model,
      Tail tail,
      PredictSpec.Vectors vectors,
      List<String> labels,
      long classes,
      Collection<String> problems) {
    List<TensorSpec> outputs = model.outputs();
    if (!labels.isEmpty() && classes >= 0 && labels.size() != classes) {
      problems.add(
          "--labels has "
              + labels.size()
              + " names, but \""
              + outputs.get(0).name()
              + "\" has "
              + classes
              + " classes; expected one name a line, in the order of the classes");
    }
    var columns = new ArrayList<OutputColumn>();
    int next = 0;
    switch (tail.reduction()) {
      case NONE -> {}
      case ARGMAX -> {
        TensorSpec first = outputs.get(0);
        if (rank(first) == 0) {
          columns.add(new OutputColumn(first.name(), Kind.CLASS, DataType.INT32, 0));
          if (!labels.isEmpty()) {
            columns.add(new OutputColumn(LABEL, Kind.CLASS_LABEL, DataType.STRING, 0));
          }
        } else {
          if (classes > MAP_CLASSES) {
            problems.add(
                "--argmax of \""
                    + first.name()
                    + "\" gives a class for each pixel as one byte, but there are "
                    + classes
                    + " classes, expected at most "
                    + MAP_CLASSES
                    + "; leave --argmax out");
          }
          columns.add(new OutputColumn(first.name(), Kind.CLASS_MAP, DataType.UINT8, 0));
        }
        next = 1;
      }
      case TOP_K -> {
        TensorSpec first = outputs.get(0);
        if (rank(first) != 1) {
          problems.add(
              "--top-k wants one vector of scores a region, but \""
                  + first.name()
                  + "\" is "
                  + first.describe()
                  + " (batch included); use --argmax or leave it out");
        }
        columns.add(new OutputColumn(first.name(), Kind.TOP_K, DataType.FLOAT32, 0));
        next = 2;
      }
    }
    IntStream.range(next, outputs.size())
        .forEach(i -> columns.add(plain(outputs.get(i), i, vectors)));
    return List.copyOf(columns);
  }

  private static OutputColumn plain(TensorSpec spec, int output, PredictSpec.Vectors vectors) {
    boolean binary = vectors == PredictSpec.Vectors.BINARY;
    Kind kind =
        switch (rank(spec)) {
          case 0 -> Kind.SCALAR;
          case 1 -> binary ? Kind.VECTOR_BYTES : Kind.VECTOR;
          default -> binary ? Kind.TENSOR_BYTES : Kind.TENSOR;
        };
    return new OutputColumn(spec.name(), kind, spec.type(), output);
  }

  /** Rank without the batch; unknown ranks count as high, since a TENSOR column takes any. */
  private static int rank(TensorSpec spec) {
    List<Long> shape = spec.shape();
    return shape == null ? Integer.MAX_VALUE : shape.size() - 1;
  }
}
