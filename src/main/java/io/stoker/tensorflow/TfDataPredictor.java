package io.stoker.tensorflow;

import io.stoker.model.ModelException;
import io.stoker.model.SplicedModel;
import io.stoker.model.TensorSpec;
import io.stoker.region.Box;
import io.stoker.region.Region;
import io.stoker.region.RegionOutput;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model with a tf.data input pipeline in its own graph, as TensorFlow means it: {@link
 * TfDataGraph}. What {@link TensorFlowPredictor} with a pipeline of ours around it is measured
 * against. Reads local files only.
 *
 * <p>Not thread-safe, but {@link Client}s are each other's independent.
 */
public final class TfDataPredictor implements AutoCloseable {
  private static final String NUMBERS = TfDataGraph.NEXT + ":1";

  private final NativeGraph graph;
  private final NativeSession session;
  private final List<String> fetches;

  private TfDataPredictor(NativeGraph graph, NativeSession session, List<String> fetches) {
    this.graph = graph;
    this.session = session;
    this.fetches = fetches;
  }

  /**
   * Opens a session.
   *
   * @param regions that will be predicted, to see what they are like
   * @param parallelCalls elements that are read and decoded at once
   * @param prefetch batches made ahead
   * @throws ModelException if TensorFlow refuses the graph
   */
  public static TfDataPredictor open(
      SplicedModel model,
      DeviceOptions options,
      List<Region> regions,
      int batch,
      int parallelCalls,
      int prefetch)
      throws ModelException {
    boolean jpeg = regions.stream().allMatch(region -> region.uri().matches("(?i).*\\.jpe?g"));
    boolean whole = regions.stream().allMatch(region -> region.box() == null);
    try {
      NativeGraph graph =
          NativeGraph.of(TfDataGraph.of(model, batch, jpeg, whole, parallelCalls, prefetch));
      NativeSession session =
          NativeSession.open(graph, SessionConfig.inputPipeline(options, parallelCalls));
      return new TfDataPredictor(
          graph, session, model.outputs().stream().map(TensorSpec::tensor).toList());
    } catch (TensorFlowException e) {
      throw new ModelException("TensorFlow refuses the tf.data graph: " + e.getMessage(), e);
    }
  }

  /** Begins anew with these regions; the model stays as it is. */
  public void initialize(List<Region> regions) {
    int count = regions.size();
    int[] boxes = new int[TfDataGraph.BOX_VALUES * count];
    for (int i = 0; i < count; i++) {
      Box box = regions.get(i).box();
      int at = TfDataGraph.BOX_VALUES * i;
      if (box != null) {
        boxes[at] = box.y();
        boxes[at + 1] = box.x();
        boxes[at + 2] = box.height();
        boxes[at + 3] = box.width();
      }
      boxes[at + 4] = i;
    }
    List<String> files =
        regions.stream().map(region -> URI.create(region.uri()).getPath()).toList();
    try (NativeTensor names = NativeTensor.strings(files);
        NativeTensor places = NativeTensor.ints(new long[] {count, TfDataGraph.BOX_VALUES}, boxes);
        NativeSession.Runner runner =
            session.runner(
                List.of(TfDataGraph.FILES, TfDataGraph.BOXES),
                List.of(),
                List.of(TfDataGraph.INITIALIZE))) {
      runner.firstRun(names, places);
    } catch (TensorFlowException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** One that takes batches, for one thread. Batches go to whoever asks first. */
  public Client client() {
    try {
      var all = new ArrayList<>(fetches);
      all.add(NUMBERS);
      return new Client(session.runner(List.of(), all, List.of()));
    } catch (TensorFlowException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** The same, but without the model: gives the pipeline's batches. */
  public Batches batches() {
    try {
      return new Batches(session.runner(List.of(), List.of(TfDataGraph.NEXT, NUMBERS), List.of()));
    } catch (TensorFlowException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }

  private static @Nullable List<NativeTensor> next(NativeSession.Runner runner) {
    try {
      return runner.run();
    } catch (TensorFlowException e) {
      if (e.code() == TensorFlowException.Code.OUT_OF_RANGE) {
        return null;
      }
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /**
   * A batch's answers.
   *
   * @param numbers the regions' places in what {@link #initialize} was given
   * @param outputs one list a region
   */
  public record Answers(int[] numbers, List<List<RegionOutput>> outputs) {}

  private static int[] numbers(NativeTensor tensor) {
    try (tensor) {
      var numbers = new int[Math.toIntExact(tensor.shape()[0])];
      tensor.data().asIntBuffer().get(numbers);
      return numbers;
    }
  }

  /** Predicts batch after batch. Used by one thread. */
  public static final class Client implements AutoCloseable {
    private final NativeSession.Runner runner;

    private Client(NativeSession.Runner runner) {
      this.runner = runner;
    }

    /** The next batch's answers, or null after the last. */
    public @Nullable Answers next() {
      List<NativeTensor> outputs = TfDataPredictor.next(runner);
      if (outputs == null) {
        return null;
      }
      int[] numbers = numbers(outputs.remove(outputs.size() - 1));
      return new Answers(numbers, HeapPredictor.Rows.of(outputs, numbers.length));
    }

    @Override
    public void close() {
      runner.close();
    }
  }

  /** Gives batch after batch. Used by one thread. */
  public static final class Batches implements AutoCloseable {
    private final NativeSession.Runner runner;

    private Batches(NativeSession.Runner runner) {
      this.runner = runner;
    }

    /** What is done with a batch, whose slots are lent. */
    public interface Use {
      void take(ByteBuffer slots, int[] numbers);
    }

    /** Whether there was a batch. */
    public boolean next(Use use) {
      List<NativeTensor> outputs = TfDataPredictor.next(runner);
      if (outputs == null) {
        return false;
      }
      int[] numbers = numbers(outputs.get(1));
      try (NativeTensor slots = outputs.get(0)) {
        use.take(slots.data(), numbers);
      }
      return true;
    }

    @Override
    public void close() {
      runner.close();
    }
  }
}
