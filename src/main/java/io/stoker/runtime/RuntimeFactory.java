package io.stoker.runtime;

import io.stoker.image.ImageDecoder;
import io.stoker.model.ModelException;
import io.stoker.model.Predictor;
import io.stoker.pipeline.BoxOutside;
import io.stoker.pipeline.Filling;
import io.stoker.pipeline.MemoryPlan;
import io.stoker.pipeline.Pipeline;
import io.stoker.pipeline.PipelineOptions;
import io.stoker.region.RegionLoader;
import io.stoker.region.RegionTransform;
import io.stoker.storage.HadoopStorage;
import io.stoker.tensorflow.DeviceOptions;
import io.stoker.tensorflow.TensorFlowDecoder;
import io.stoker.tensorflow.TensorFlowPredictor;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds an executor's runtime: the one place where all rooms meet. */
final class RuntimeFactory {
  private static final Logger LOG = LoggerFactory.getLogger(RuntimeFactory.class);

  /** One runs while the next is copied to the device. */
  private static final int LEAST_IN_FLIGHT = 2;

  /** What a result costs beside its numbers: objects, references. */
  private static final long RESULT_BYTES = 256;

  private final PreparedJob job;
  private final ExecutorResources resources;

  RuntimeFactory(PreparedJob job, ExecutorResources resources) {
    this.job = job;
    this.resources = resources;
  }

  /**
   * Loads the model and starts the pipeline.
   *
   * @throws RefusedException if this executor cannot run the job
   */
  ExecutorRuntime create() throws RefusedException {
    PredictSpec.Resources asked = job.spec().resources();
    boolean gpuExpected =
        asked.device() == PredictSpec.Device.GPU || !resources.gpuAddresses().isEmpty();
    Device device = device(Threads.of(asked, resources.coresEach(), gpuExpected));
    Predictor predictor = device.predictor();
    try {
      // "auto" may have found a GPU that nobody spoke of.
      boolean gpu = predictor.device().contains("GPU");
      Threads chosen = Threads.of(asked, resources.coresEach(), gpu);
      int batch = batch(predictor, gpu, chosen.mostInFlight());
      DeviceProbe.Measured measured = probe(predictor, batch, chosen);
      predictor = withParity(predictor);
      return create(device, predictor, chosen.withInFlight(measured.inFlight()), batch, measured);
    } catch (IllegalArgumentException e) {
      predictor.close();
      throw new RefusedException(List.of(String.valueOf(e.getMessage())));
    } catch (RuntimeException | Error e) {
      predictor.close();
      throw e;
    }
  }

  private ExecutorRuntime create(
      Device device,
      Predictor predictor,
      Threads threads,
      int batch,
      DeviceProbe.Measured measured) {
    ImageDecoder decoder = TensorFlowDecoder.open();
    try {
      PipelineOptions options = options(threads, batch, device.outputBytes());
      Pipeline pipeline =
          Pipeline.start(
              options,
              predictor,
              List.of(decoder),
              new HadoopStorage(resources.hadoop()),
              filling());
      LOG.info("runs on {}: {}", predictor.device(), options);
      return new ExecutorRuntime(predictor, decoder, pipeline, start(device, measured));
    } catch (RuntimeException | Error e) {
      decoder.close();
      throw e;
    }
  }

  /** What an executor would say of its memory; empty if it suffices. Nothing is loaded. */
  List<String> memoryProblems(boolean gpu) {
    PredictSpec.Resources asked = job.spec().resources();
    Threads threads = Threads.of(asked, resources.coresEach(), gpu);
    int fixed = job.model().fixedBatch();
    int batch =
        fixed != 0 ? fixed : Batches.choose(job, gpu, memoryBytes(), threads.mostInFlight());
    int inFlight = threads.inFlight() == 0 ? LEAST_IN_FLIGHT : threads.inFlight();
    try {
      MemoryPlan.of(
          options(threads.withInFlight(inFlight), batch, leastOutputBytes()),
          filling(),
          asked.xla() ? batch : fixed);
      return List.of();
    } catch (IllegalArgumentException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  /** Bytes of one region's outputs, as far as the graph tells. */
  private long leastOutputBytes() {
    return job.model().outputs().stream()
        .filter(output -> output.shape() != null)
        .mapToLong(
            output ->
                output.shape().stream()
                    .skip(1)
                    .mapToLong(size -> Math.max(1, size))
                    .reduce(output.type().bytes(), Math::multiplyExact))
        .sum();
  }

  private Predictor withParity(Predictor predictor) throws RefusedException {
    int regions = job.spec().resources().verifyParity();
    if (regions == 0) {
      return predictor;
    }
    try {
      var reference =
          TensorFlowPredictor.open(job.model(), DeviceOptions.cpu(resources.coresEach()));
      return new ParityPredictor(predictor, reference, regions);
    } catch (ModelException e) {
      throw new RefusedException(
          e.problems().stream().map(problem -> "--verify-parity: on the CPU, " + problem).toList());
    }
  }

  private int batch(Predictor predictor, boolean gpu, int inFlight) {
    int fixed = predictor.fixedBatch();
    if (fixed != 0) {
      return fixed;
    }
    int batch = Batches.choose(job, gpu, memoryBytes(), inFlight);
    return predictor instanceof TensorFlowPredictor tensorFlow && tensorFlow.warmUpHalvings() > 0
        ? Math.min(batch, tensorFlow.warmUpSlots())
        : batch;
  }

  /** Tries out what is open; what was asked for is only measured. */
  private DeviceProbe.Measured probe(Predictor predictor, int batch, Threads threads) {
    PredictSpec.Resources asked = job.spec().resources();
    if (!asked.autotune()) {
      return new DeviceProbe.Measured(threads.inFlight(), 0);
    }
    boolean open = threads.inFlight() == 0;
    // A simulated device takes one after the other; the second only has to be there.
    boolean simulated = asked.device() == PredictSpec.Device.SIMULATED;
    int least = open ? LEAST_IN_FLIGHT : threads.inFlight();
    int most = open && !simulated ? threads.mostInFlight() : least;
    return new DeviceProbe(predictor, batch).measure(least, most);
  }

  private RuntimeStart start(Device device, DeviceProbe.Measured measured) {
    boolean real = device.predictor() instanceof TensorFlowPredictor;
    var tensorFlow = real ? (TensorFlowPredictor) device.predictor() : null;
    return new RuntimeStart(
        real ? resources.gpuAddresses() : List.of(),
        tensorFlow != null && tensorFlow.pageLocked(),
        tensorFlow == null ? 0 : tensorFlow.warmUpSeconds(),
        tensorFlow == null ? 0 : tensorFlow.warmUpHalvings(),
        measured.imagesPerSecond());
  }

  /** A predictor, and the bytes of what it says of one region. */
  private record Device(Predictor predictor, long outputBytes) {}

  private Device device(Threads threads) throws RefusedException {
    PredictSpec.Resources asked = job.spec().resources();
    try {
      if (asked.device() == PredictSpec.Device.SIMULATED) {
        var simulated = new SimulatedPredictor(job.model(), asked.simulatedMillis());
        return new Device(simulated, simulated.outputBytes());
      }
      TensorFlowPredictor predictor =
          TensorFlowPredictor.open(
              job.model(),
              deviceOptions(threads, asked),
              gpu ->
                  Batches.choose(
                      job,
                      gpu,
                      memoryBytes(),
                      Threads.of(asked, resources.coresEach(), gpu).mostInFlight()));
      return new Device(predictor, predictor.outputBytes());
    } catch (ModelException e) {
      throw new RefusedException(e.problems());
    }
  }

  private DeviceOptions deviceOptions(Threads threads, PredictSpec.Resources asked)
      throws RefusedException {
    List<String> addresses = resources.gpuAddresses();
    // Which GPUs a process sees is settled by its first session: with several runtimes, all.
    boolean several = resources.gpus() > 1 && !addresses.isEmpty();
    return new DeviceOptions(
        DeviceOptions.Device.valueOf(asked.device().name()),
        threads.intraOp(),
        resources.gpuMemoryFraction(asked),
        several ? "" : String.join(",", addresses),
        several ? ordinal(addresses.get(0)) : 0,
        asked.deterministic(),
        DeviceOptions.Precision.valueOf(asked.precision().name()),
        asked.xla());
  }

  private static int ordinal(String address) throws RefusedException {
    try {
      return Integer.parseUnsignedInt(address);
    } catch (NumberFormatException e) {
      throw new RefusedException(
          List.of(
              "Spark gave the task GPU \""
                  + address
                  + "\"; with several GPUs an executor, expected its number in nvidia-smi, as"
                  + " Spark's getGpusResources.sh tells it"));
    }
  }

  private PipelineOptions options(Threads threads, int batch, long outputBytes) {
    PredictSpec spec = job.spec();
    boolean fetchesAsked = spec.resources().fetchAhead() != 0;
    return new PipelineOptions(
        batch,
        fetchesAsked ? threads.knobs() : threads.knobs().within(memoryBytes()),
        threads.inFlight(),
        memoryBytes(),
        resources.tasksEach(),
        BoxOutside.valueOf(spec.input().boxOutside().name()),
        PipelineOptions.DEFAULT_MAX_PIXELS,
        PipelineOptions.DEFAULT_DECODE_TIMEOUT,
        outputBytes + RESULT_BYTES,
        spec.allowedUris());
  }

  private long memoryBytes() {
    return resources.memoryBytesEach(job.spec().resources().memoryBytes());
  }

  private Filling filling() {
    return switch (job.filling()) {
      case COPY -> new Filling.Copy(job.slot());
      case RESIZE -> new Filling.Resize(job.slot());
      case TRANSFORM ->
          new Filling.Transform(
              job.slot(), () -> (RegionTransform) Preprocessing.newInstance(preprocess()));
      case LOAD ->
          new Filling.Load(
              job.slot(), () -> (RegionLoader) Preprocessing.newInstance(preprocess()));
    };
  }

  private String preprocess() {
    String name = job.spec().preprocess();
    if (name == null) {
      throw new IllegalStateException("filling " + job.filling() + " without a preprocess class");
    }
    return name;
  }
}
