package io.stoker.tensorflow;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.stoker.model.DataType;
import io.stoker.model.Head;
import io.stoker.model.ModelException;
import io.stoker.model.PredictException;
import io.stoker.model.Predictor;
import io.stoker.model.SplicedModel;
import io.stoker.model.TensorSpec;
import io.stoker.region.RegionOutput;
import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.TensorFlow;

/**
 * Runs a model in a TensorFlow session of its own.
 *
 * <p>A batch goes in as it lies in its buffer ({@code [slots, height, width, channels]} of the
 * head's slot type) where its first slot is aligned to 64 bytes, as slot 0 always is; else
 * TensorFlow copies it. Runs happen in the calling threads, several at once if several threads
 * call.
 *
 * <p>Thread-safe. The native session and graph need no lock of ours; idle run states and the
 * closing are guarded by this object's monitor, which is never held during a run. Closing while
 * runs are in flight cancels them (they throw {@code BROKEN}) and frees the session when the last
 * has returned.
 */
public final class TensorFlowPredictor implements Predictor {
  private static final Logger LOG = LoggerFactory.getLogger(TensorFlowPredictor.class);

  private static final String MEMORY_ADVICE =
      "the device has too little free memory for this model even so: see with nvidia-smi what else"
          + " takes it, raise --gpu-memory-fraction, or take a larger device or --device cpu";

  // For the proof of "one model load, one session an executor".
  private static final AtomicInteger LOADED = new AtomicInteger();
  private static final AtomicInteger OPEN = new AtomicInteger();

  private final SplicedModel model;
  private final int slotBytes;
  private final NativeGraph graph;
  private final NativeSession session;
  private final String device;
  private final @Nullable PageLock pageLock;
  private final List<String> fetches;

  /** Whether runs may have another number of slots than {@link #fixedBatch}. */
  private final boolean takesFewer;

  // As many as there ever were runs at once.
  @GuardedBy("this")
  private final Deque<NativeSession.Runner> idle = new ArrayDeque<>();

  @GuardedBy("this")
  private boolean closed;

  /** 0 for any. Set before anybody else has the predictor, as the next ones are. */
  private int fixedBatch;

  private int warmUpSlots;
  private int warmUpHalvings;
  private long outputBytes;

  private double warmUpSeconds;

  /** How many slots runs will have, so that the first run has as many. */
  @FunctionalInterface
  public interface Slots {
    /** At least 1. */
    int on(boolean gpu);
  }

  private TensorFlowPredictor(
      SplicedModel model,
      NativeGraph graph,
      NativeSession session,
      String device,
      @Nullable PageLock pageLock,
      boolean xla) {
    this.model = model;
    this.slotBytes = Math.toIntExact(model.head().slotBytes());
    this.graph = graph;
    this.session = session;
    this.device = device;
    this.pageLock = pageLock;
    this.fixedBatch = model.fixedBatch();
    this.takesFewer = xla && fixedBatch == 0;
    OPEN.incrementAndGet();
    this.fetches = model.outputs().stream().map(TensorSpec::tensor).toList();
  }

  /** How many models this process has loaded so far. */
  public static int loadedModels() {
    return LOADED.get();
  }

  /** How many sessions on models are open in this process. */
  public static int openSessions() {
    return OPEN.get();
  }

  /** TensorFlow's version. Loads its native library. */
  public static String version() {
    return TensorFlow.version();
  }

  /** As {@link #open(SplicedModel, DeviceOptions, int)}, warmed up with one slot. */
  public static TensorFlowPredictor open(SplicedModel model, DeviceOptions options)
      throws ModelException {
    return open(model, options, 1);
  }

  /** As {@link #open(SplicedModel, DeviceOptions, Slots)}, whatever the device. */
  public static TensorFlowPredictor open(SplicedModel model, DeviceOptions options, int warmUpSlots)
      throws ModelException {
    return open(model, options, gpu -> warmUpSlots);
  }

  /**
   * Opens a session and runs one batch of zeros, so that what TensorFlow does at a first run is
   * done (optimizing, choosing kernels, compiling) and what it would refuse is refused here. Takes
   * seconds.
   *
   * <p>The model must have passed the checks of its import: native code ends the process on some
   * hostile graphs.
   *
   * @param slots of that batch, best as many as later batches have; with XLA, which compiles for
   *     them, all should have as many. Halved while the device has too little memory. Not asked
   *     where the model's own number is fixed
   * @throws ModelException if TensorFlow refuses the model, its outputs cannot be returned, or the
   *     device asked for is not there, lacks the precision, or XLA lacks what it compiles with
   */
  public static TensorFlowPredictor open(SplicedModel model, DeviceOptions options, Slots slots)
      throws ModelException {
    if (options.deterministic()) {
      // Read by TensorFlow before its first op; the C API has no other way.
      TensorFlowNative.setEnvironment("TF_DETERMINISTIC_OPS", "1", true);
    }
    if (options.device() != DeviceOptions.Device.CPU) {
      Tf32.PROCESS.before(options.precision());
      // With XLA or not: what is read at the first session must serve a later one with XLA.
      CudaToolkit.ofProcess()
          .flags()
          .ifPresent(flags -> TensorFlowNative.setEnvironment(CudaToolkit.FLAGS, flags, true));
    }
    NativeGraph graph = importGraph(model.graph(), options);
    try {
      checkTensors(graph, model);
      NativeSession session = NativeSession.open(graph, SessionConfig.model(options));
      try {
        String device = deviceFor(session, options);
        var predictor =
            new TensorFlowPredictor(
                model, graph, session, device, pageLock(device, options), options.xla());
        try {
          predictor.warmUp(slots);
          return predictor;
        } catch (ModelException | RuntimeException | Error e) {
          predictor.close();
          throw e;
        }
      } catch (TensorFlowException | ModelException | RuntimeException | Error e) {
        session.close();
        throw e;
      }
    } catch (TensorFlowException e) {
      graph.close();
      throw new ModelException("no TensorFlow session can be opened: " + e.getMessage(), e);
    } catch (ModelException | RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  private static NativeGraph importGraph(byte[] graphDef, DeviceOptions options)
      throws ModelException {
    try {
      // TensorFlow itself would take the first GPU it sees.
      NativeGraph graph =
          NativeGraph.of(graphDef, options.gpu() == 0 ? null : "/device:GPU:" + options.gpu());
      LOADED.incrementAndGet();
      return graph;
    } catch (TensorFlowException e) {
      throw new ModelException("TensorFlow refuses the graph: " + e.getMessage(), e);
    }
  }

  private static void checkTensors(NativeGraph graph, SplicedModel model)
      throws ModelException, TensorFlowException {
    var problems = new ArrayList<String>();
    checkFeed(graph.spec("feed", model.feed()), model, problems);
    for (TensorSpec output : model.outputs()) {
      checkOutput(graph.spec(output.name(), output.tensor()), model.fixedBatch(), problems);
    }
    if (!problems.isEmpty()) {
      throw new ModelException(problems);
    }
  }

  private static void checkFeed(TensorSpec feed, SplicedModel model, List<String> problems) {
    // TensorFlow does not compare what is fed with the placeholder's shape.
    long batch = model.fixedBatch() > 0 ? model.fixedBatch() : -1;
    Head head = model.head();
    long[] slots = {batch, head.slotHeight(), head.slotWidth(), head.slotChannels()};
    var expected = new TensorSpec("slots", "", head.slotType(), TensorSpec.shapeOf(slots));
    if (feed.type() != head.slotType() || !agree(feed.shape(), slots)) {
      problems.add(
          "the head's feed '"
              + model.feed()
              + "' is "
              + feed.describe()
              + ", expected "
              + expected.describe());
    }
  }

  private static boolean agree(@Nullable List<Long> shape, long[] sizes) {
    if (shape == null) {
      return true;
    }
    if (shape.size() != sizes.length) {
      return false;
    }
    for (int i = 0; i < sizes.length; i++) {
      if (shape.get(i) >= 0 && sizes[i] >= 0 && shape.get(i) != sizes[i]) {
        return false;
      }
    }
    return true;
  }

  private static void checkOutput(TensorSpec output, int fixedBatch, List<String> problems) {
    String what = "fetch '" + output.name() + "' is " + output.describe() + "; ";
    if (!Outputs.supports(output.type())) {
      problems.add(what + "rows hold numbers of up to 64 bits and booleans: fetch another tensor");
    }
    List<Long> shape = output.shape();
    if (shape == null) {
      return; // checked at each run
    }
    if (shape.isEmpty()) {
      problems.add(what + "a scalar for the whole batch has nothing for each region");
    } else if (shape.get(0) >= 0 && shape.get(0) != fixedBatch) {
      problems.add(
          what
              + "its first dimension must be the batch's"
              + (fixedBatch > 0 ? ", " + fixedBatch : ", of any size"));
    }
  }

  private static String deviceFor(NativeSession session, DeviceOptions options)
      throws ModelException, TensorFlowException {
    String device = DeviceName.of(session.devices(), options);
    if (options.device() == DeviceOptions.Device.GPU && !DeviceName.isGpu(device)) {
      throw new ModelException(
          "a GPU is asked for, but TensorFlow finds none it can use: is tensorflow-core-native's GPU"
              + " classifier (linux-x86_64-gpu; submit/stoker takes it with STOKER_NATIVES=gpu) on the class path, and a driver with CUDA 12 and"
              + " cuDNN 9 installed? TF_CPP_MIN_LOG_LEVEL=0 makes TensorFlow say what it misses;"
              + " --device cpu does without");
    }
    checkPrecision(options.precision(), DeviceName.isGpu(device));
    if (options.xla() && DeviceName.isGpu(device)) {
      CudaToolkit.ofProcess().check();
    }
    return device;
  }

  private static void checkPrecision(DeviceOptions.Precision precision, boolean gpu)
      throws ModelException {
    if (gpu) {
      if (precision == DeviceOptions.Precision.BFLOAT16) {
        throw new ModelException(
            "--precision bfloat16 needs a CPU: TensorFlow rewrites a model to bfloat16 there only,"
                + " and this runs on a GPU; take float16, or --device cpu");
      }
      Tf32.PROCESS.onGpu(precision);
    } else if (precision == DeviceOptions.Precision.FLOAT16) {
      throw new ModelException(
          "--precision float16 needs a GPU: TensorFlow rewrites a model to float16 there only, and"
              + " this runs on a CPU; take bfloat16 or float32");
    }
  }

  private static @Nullable PageLock pageLock(String device, DeviceOptions options) {
    return DeviceName.isGpu(device)
        ? new PageLock(CudaRuntime.of(options.ordinal()).orElse(null), LOG::warn)
        : null;
  }

  /** Runs zeros, half as many each time that the device has too little memory for them. */
  private void warmUp(Slots slots) throws ModelException {
    int most = fixedBatch > 0 ? fixedBatch : slots.on(DeviceName.isGpu(device));
    int least = fixedBatch > 0 ? fixedBatch : 1;
    long begin = System.nanoTime();
    warmUpSlots = most;
    List<List<RegionOutput>> answers = tryWarmUp(least);
    while (answers.isEmpty()) {
      warmUpSlots = Math.max(least, (warmUpSlots + 1) / 2);
      warmUpHalvings++;
      answers = tryWarmUp(least);
    }
    if (takesFewer) {
      fixedBatch = warmUpSlots;
    }
    warmUpSeconds = (System.nanoTime() - begin) / 1e9;
    LOG.info(
        "{} is warm after {} s at batch {}",
        device,
        String.format(Locale.ROOT, "%.2f", warmUpSeconds),
        warmUpSlots);
    outputBytes = answers.get(0).stream().mapToLong(TensorFlowPredictor::bytes).sum();
  }

  /** The answers; none if the device lacks memory and fewer slots are worth a try. */
  private List<List<RegionOutput>> tryWarmUp(int least) throws ModelException {
    int count = warmUpSlots;
    try (var zeros = new BatchMemory(count, slotBytes, pageLock)) {
      // On a thread of its own: the optimizers recurse as deep as the graph is.
      return LargeStack.call("warm-up", () -> run(zeros, 0, count, () -> {}));
    } catch (PredictException e) {
      boolean memory = e.kind() == PredictException.Kind.OUT_OF_MEMORY;
      if (memory && count > least) {
        LOG.warn(
            "{} has too little memory for batches of {}, so they are halved: {}",
            device,
            count,
            e.getMessage());
        return List.of();
      }
      String why =
          "the model does not run on a batch of " + count + " blank regions: " + e.getMessage();
      throw new ModelException(memory ? why + "; " + MEMORY_ADVICE : why, e);
    }
  }

  private static long bytes(RegionOutput output) {
    Object values = output.values();
    int width =
        values instanceof double[] || values instanceof long[]
            ? Long.BYTES
            : values instanceof float[] || values instanceof int[]
                ? Integer.BYTES
                : values instanceof short[] ? Short.BYTES : 1;
    return (long) Array.getLength(values) * width;
  }

  /** Bytes of one region's outputs, as the warm-up returned them: the graph may not tell. */
  public long outputBytes() {
    return outputBytes;
  }

  /** How long the first run took, which optimizes and, with XLA, compiles the model. */
  public double warmUpSeconds() {
    return warmUpSeconds;
  }

  /** How often the first run's batch was halved until the device had memory for it. */
  public int warmUpHalvings() {
    return warmUpHalvings;
  }

  /** Slots of the first run that passed. */
  public int warmUpSlots() {
    return warmUpSlots;
  }

  /** Whether batches lie in page-locked memory, from which a GPU is fed several times as fast. */
  public boolean pageLocked() {
    return pageLock != null && pageLock.works();
  }

  @Override
  public String device() {
    return device;
  }

  @Override
  public int slotBytes() {
    return slotBytes;
  }

  @Override
  public int fixedBatch() {
    return fixedBatch;
  }

  @Override
  public boolean takesFewer() {
    return takesFewer;
  }

  @Override
  public BatchBuffer allocate(int slots) {
    return new BatchMemory(slots, slotBytes, pageLock);
  }

  @Override
  public List<List<RegionOutput>> run(BatchBuffer buffer, int first, int count, Runnable released)
      throws PredictException {
    List<NativeTensor> outputs;
    try (NativeTensor batch = batch(buffer, first, count, released)) {
      outputs = run(batch);
    }
    try {
      return split(outputs, count);
    } finally {
      outputs.forEach(NativeTensor::close);
    }
  }

  private NativeTensor batch(BatchBuffer buffer, int first, int count, Runnable released) {
    BatchMemory memory;
    try {
      memory = checked(buffer, first, count);
    } catch (RuntimeException e) {
      released.run();
      throw e;
    }
    Head head = model.head();
    long[] shape = {count, head.slotHeight(), head.slotWidth(), head.slotChannels()};
    return memory.tensor(head.slotType(), shape, first, released);
  }

  private BatchMemory checked(BatchBuffer buffer, int first, int count) {
    if (!(buffer instanceof BatchMemory memory)) {
      throw new IllegalArgumentException("the batch buffer is not one of this predictor's");
    }
    if (first < 0 || count < 1 || first > memory.capacity() - count) {
      throw new IllegalArgumentException(
          count + " slots from " + first + " on, of a buffer of " + memory.capacity());
    }
    if (fixedBatch > 0 && (takesFewer ? count > fixedBatch : count != fixedBatch)) {
      throw new IllegalArgumentException(
          count + " slots for a model that takes batches of " + fixedBatch);
    }
    return memory;
  }

  private List<NativeTensor> run(NativeTensor batch) throws PredictException {
    try {
      NativeSession.Runner runner = take();
      try {
        return runner.run(batch);
      } finally {
        putBack(runner);
      }
    } catch (TensorFlowException e) {
      throw RunError.of(e);
    }
  }

  private synchronized NativeSession.Runner take() throws TensorFlowException {
    if (closed) {
      throw new TensorFlowException(
          TensorFlowException.Code.CANCELLED, "the predictor has been closed");
    }
    NativeSession.Runner runner = idle.pollFirst();
    return runner != null ? runner : session.runner(List.of(model.feed()), fetches, List.of());
  }

  private synchronized void putBack(NativeSession.Runner runner) {
    if (closed) {
      runner.close();
    } else {
      idle.addFirst(runner);
    }
  }

  private List<List<RegionOutput>> split(List<NativeTensor> outputs, int count)
      throws PredictException {
    var rows = new ArrayList<List<RegionOutput>>(count);
    for (int slot = 0; slot < count; slot++) {
      rows.add(new ArrayList<>(outputs.size()));
    }
    for (int i = 0; i < outputs.size(); i++) {
      NativeTensor output = outputs.get(i);
      checkBatch(model.outputs().get(i), output, count);
      List<RegionOutput> slots = Outputs.split(output);
      for (int slot = 0; slot < count; slot++) {
        rows.get(slot).add(slots.get(slot));
      }
    }
    return rows;
  }

  private static void checkBatch(TensorSpec spec, NativeTensor output, int count)
      throws PredictException {
    long[] shape = output.shape();
    if (shape.length == 0 || shape[0] != count) {
      DataType type = output.type();
      var got = new TensorSpec(spec.name(), spec.tensor(), type, TensorSpec.shapeOf(shape));
      throw new PredictException(
          PredictException.Kind.MODEL,
          "fetch '"
              + spec.name()
              + "' came back as "
              + got.describe()
              + " for a batch of "
              + count
              + ": its first dimension must be the batch's; fetch another tensor");
    }
  }

  /** Runs in flight; for tests, which wait for it to change instead of sleeping. */
  int running() {
    return session.running();
  }

  private synchronized void release() {
    if (!closed) {
      OPEN.decrementAndGet();
    }
    closed = true;
    idle.forEach(NativeSession.Runner::close);
    idle.clear();
  }

  @Override
  public void close() {
    release();
    session.close();
    graph.close();
  }
}
