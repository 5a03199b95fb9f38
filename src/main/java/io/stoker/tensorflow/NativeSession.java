package io.stoker.tensorflow;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_CloseSession;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteDeviceList;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteSession;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteSessionOptions;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListCount;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListName;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeviceListType;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewSession;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewSessionOptions;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SessionListDevices;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SessionRun;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_SetConfig;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.tensorflow.internal.c_api.TF_Operation;
import org.tensorflow.internal.c_api.TF_Output;
import org.tensorflow.internal.c_api.TF_Session;
import org.tensorflow.internal.c_api.TF_Tensor;

/**
 * A session on a graph. Thread-safe; its {@link Runner}s are not.
 *
 * <p>Closing cancels the runs that are in flight and waits for nothing: whoever leaves last, the
 * closer or the last run, frees the native session. So a run that never returns costs memory, never
 * the process.
 */
final class NativeSession implements AutoCloseable {
  private final NativeGraph graph;
  private final TF_Session handle;

  @GuardedBy("this")
  private int running;

  @GuardedBy("this")
  private boolean closed;

  private NativeSession(NativeGraph graph, TF_Session handle) {
    this.graph = graph;
    this.handle = handle;
  }

  /**
   * Opens a session.
   *
   * @param config a serialized {@code ConfigProto}
   */
  static NativeSession open(NativeGraph graph, byte[] config) throws TensorFlowException {
    var options = TF_NewSessionOptions();
    try (var bytes = new BytePointer(Math.max(1, config.length));
        var status = new NativeStatus()) {
      bytes.put(config, 0, config.length);
      TF_SetConfig(options, bytes, config.length, status.handle());
      status.check();
      TF_Session session = TF_NewSession(graph.handle(), options, status.handle());
      status.check();
      NativeCounters.SESSIONS.add(1);
      return new NativeSession(graph, session);
    } finally {
      TF_DeleteSessionOptions(options);
    }
  }

  /**
   * State for one caller's runs of these tensors and nodes, reusable. Whoever asks for it closes
   * it.
   *
   * @param feeds tensors that each run gives
   * @param fetches tensors that each run returns
   * @param targets nodes that each run runs besides
   */
  Runner runner(List<String> feeds, List<String> fetches, List<String> targets)
      throws TensorFlowException {
    var operations = new ArrayList<TF_Operation>();
    for (String target : targets) {
      operations.add(graph.operation(target));
    }
    TF_Output in = graph.outputs(feeds);
    try {
      return new Runner(in, feeds.size(), graph.outputs(fetches), fetches.size(), operations);
    } catch (TensorFlowException | RuntimeException | Error e) {
      in.close();
      throw e;
    }
  }

  /** The devices that the session sees. */
  List<Device> devices() throws TensorFlowException {
    enter();
    try (var status = new NativeStatus()) {
      var list = TF_SessionListDevices(handle, status.handle());
      status.check();
      try {
        var devices = new ArrayList<Device>();
        for (int i = 0; i < TF_DeviceListCount(list); i++) {
          String name = TF_DeviceListName(list, i, status.handle()).getString();
          status.check();
          String type = TF_DeviceListType(list, i, status.handle()).getString();
          status.check();
          devices.add(new Device(name, type));
        }
        return devices;
      } finally {
        TF_DeleteDeviceList(list);
      }
    } finally {
      leave();
    }
  }

  /**
   * A device of a session.
   *
   * @param name {@code /job:localhost/replica:0/task:0/device:GPU:0}
   * @param type {@code CPU}, {@code GPU}, {@code XLA_GPU}
   */
  record Device(String name, String type) {}

  private synchronized void enter() throws TensorFlowException {
    if (closed) {
      throw new TensorFlowException(
          TensorFlowException.Code.CANCELLED, "the session has been closed");
    }
    running++;
  }

  private synchronized void leave() {
    running--;
    if (closed && running == 0) {
      delete();
    }
  }

  /** Runs in flight; for tests, which wait for it to change instead of sleeping. */
  synchronized int running() {
    return running;
  }

  /** Cancels runs in flight and frees the session when the last has returned. Idempotent. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      running++; // as if this call were a run: the session must outlive it
    }
    try (var status = new NativeStatus()) {
      TF_CloseSession(handle, status.handle());
    } finally {
      leave();
    }
  }

  private void delete() {
    try (var status = new NativeStatus()) {
      TF_DeleteSession(handle, status.handle());
    }
    NativeCounters.SESSIONS.add(-1);
  }

  /** One caller's runs. Not thread-safe. */
  final class Runner implements AutoCloseable {
    private final TF_Output feeds;
    private final TF_Output fetches;
    private final int feedCount;
    private final int fetchCount;
    private final int targetCount;
    private final PointerPointer<TF_Tensor> feedValues;
    private final PointerPointer<TF_Tensor> fetchValues;
    private final PointerPointer<TF_Operation> targets;
    private final NativeStatus status = new NativeStatus();
    private boolean freed;

    private Runner(
        TF_Output feeds,
        int feedCount,
        TF_Output fetches,
        int fetchCount,
        List<TF_Operation> targets) {
      this.feeds = feeds;
      this.feedCount = feedCount;
      this.fetches = fetches;
      this.fetchCount = fetchCount;
      this.targetCount = targets.size();
      this.feedValues = new PointerPointer<>(Math.max(1, feedCount));
      this.fetchValues = new PointerPointer<>(Math.max(1, fetchCount));
      this.targets = new PointerPointer<>(Math.max(1, targetCount));
      for (int i = 0; i < targetCount; i++) {
        this.targets.put(i, targets.get(i));
      }
      NativeCounters.RUNNERS.add(1);
    }

    /**
     * Runs, in the calling thread where the session's config says so.
     *
     * @param values of the feeds, in their order; stay the caller's
     * @return values of the fetches, in their order; the caller closes them
     */
    List<NativeTensor> run(NativeTensor... values) throws TensorFlowException {
      if (values.length != feedCount) {
        throw new IllegalArgumentException(values.length + " tensors for " + feedCount + " feeds");
      }
      for (int i = 0; i < feedCount; i++) {
        feedValues.put(i, values[i].handle());
      }
      enter();
      try {
        TF_SessionRun(
            handle,
            null,
            feeds,
            feedValues,
            feedCount,
            fetches,
            fetchValues,
            fetchCount,
            targets,
            targetCount,
            null,
            status.handle());
      } finally {
        leave();
      }
      status.check();
      var results = new ArrayList<NativeTensor>(fetchCount);
      for (int i = 0; i < fetchCount; i++) {
        results.add(NativeTensor.owning(fetchValues.get(TF_Tensor.class, i)));
      }
      return results;
    }

    /** Runs on a thread with a large stack: the first run of these fetches optimizes the graph. */
    List<NativeTensor> firstRun(NativeTensor... values) throws TensorFlowException {
      return LargeStack.call("first-run", () -> run(values));
    }

    /** Idempotent. */
    @Override
    public void close() {
      if (freed) {
        return;
      }
      freed = true;
      status.close();
      feeds.close();
      fetches.close();
      feedValues.close();
      fetchValues.close();
      targets.close();
      NativeCounters.RUNNERS.add(-1);
    }
  }
}
