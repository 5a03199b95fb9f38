package io.stoker.tensorflow;

import io.stoker.model.DataType;
import io.stoker.model.Head;
import io.stoker.model.ModelException;
import io.stoker.model.SplicedModel;
import io.stoker.model.TensorSpec;
import io.stoker.region.RegionOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a model the way most programs do: a new tensor for each batch, copied from an array on the
 * heap. What {@link TensorFlowPredictor} is measured against. Used by one thread.
 */
public final class HeapPredictor implements AutoCloseable {
  private final SplicedModel model;
  private final NativeGraph graph;
  private final NativeSession session;
  private final NativeSession.Runner runner;

  private HeapPredictor(
      SplicedModel model, NativeGraph graph, NativeSession session, NativeSession.Runner runner) {
    this.model = model;
    this.graph = graph;
    this.session = session;
    this.runner = runner;
  }

  /**
   * Opens a session.
   *
   * @param model whose head takes float32
   * @throws ModelException if TensorFlow refuses it
   */
  public static HeapPredictor open(SplicedModel model, DeviceOptions options)
      throws ModelException {
    if (model.head().slotType() != DataType.FLOAT32) {
      throw new IllegalArgumentException("the head takes " + model.head().slotType().label());
    }
    try {
      NativeGraph graph = NativeGraph.of(model.graph());
      NativeSession session = NativeSession.open(graph, SessionConfig.model(options));
      List<String> fetches = model.outputs().stream().map(TensorSpec::tensor).toList();
      return new HeapPredictor(
          model, graph, session, session.runner(List.of(model.feed()), fetches, List.of()));
    } catch (TensorFlowException e) {
      throw new ModelException("TensorFlow refuses the graph: " + e.getMessage(), e);
    }
  }

  /**
   * Predicts.
   *
   * @param values of {@code count} slots at least
   * @return one list of outputs a slot
   */
  public List<List<RegionOutput>> run(float[] values, int count) {
    Head head = model.head();
    long[] shape = {count, head.slotHeight(), head.slotWidth(), head.slotChannels()};
    int used = count * head.slotHeight() * head.slotWidth() * head.slotChannels();
    float[] exact = values.length == used ? values : Arrays.copyOf(values, used);
    try (NativeTensor batch = NativeTensor.floats(shape, exact)) {
      return Rows.of(runner.run(batch), count);
    } catch (TensorFlowException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    runner.close();
    session.close();
    graph.close();
  }

  /** Outputs of a batch, by region. */
  static final class Rows {
    private Rows() {}

    /** Closes the tensors. */
    static List<List<RegionOutput>> of(List<NativeTensor> outputs, int count) {
      var rows = new ArrayList<List<RegionOutput>>(count);
      for (int slot = 0; slot < count; slot++) {
        rows.add(new ArrayList<>(outputs.size()));
      }
      for (NativeTensor output : outputs) {
        try (output) {
          List<RegionOutput> slots = Outputs.split(output);
          for (int slot = 0; slot < count; slot++) {
            rows.get(slot).add(slots.get(slot));
          }
        }
      }
      return rows;
    }
  }
}
