package io.stoker.bench;

import io.stoker.model.ModelException;
import io.stoker.runtime.SimulatedPredictor;
import io.stoker.tensorflow.DeviceOptions;
import io.stoker.tensorflow.TfDataPredictor;
import org.jspecify.annotations.Nullable;

/**
 * tf.data inside the model's graph, initialised again for each pass. Two clients run at once, so
 * that one batch is on the device while the other's is taken; as many parallel calls as we have
 * decode threads.
 */
final class TfData implements Strategy {
  private static final int CLIENTS = 2;
  private static final int PREFETCH = 4;

  private final Workload work;
  private final TfDataPredictor predictor;
  private final @Nullable SimulatedPredictor simulated;
  private final BusyMeter meter = new BusyMeter();
  private final Crew crew = new Crew(CLIENTS, "bench-tfdata");

  TfData(Workload work) throws ModelException {
    this.work = work;
    DeviceOptions options =
        work.isSimulated() ? DeviceOptions.cpu(1) : HeapDevice.Devices.options(work);
    this.predictor =
        TfDataPredictor.open(
            work.job().model(),
            options,
            work.regions(),
            work.batch(),
            work.threads().decode(),
            PREFETCH);
    this.simulated =
        work.isSimulated()
            ? new SimulatedPredictor(work.job().model(), work.asked().simulatedMillis())
            : null;
  }

  @Override
  public int regions() {
    return work.regions().size();
  }

  @Override
  public Pass pass(Answers answers) throws Exception {
    long begin = System.nanoTime();
    predictor.initialize(work.regions());
    for (int i = 0; i < CLIENTS; i++) {
      crew.start(
          () -> {
            if (simulated == null) {
              predict(answers);
            } else {
              simulate(simulated, answers);
            }
            return true;
          });
    }
    crew.join();
    long nanos = System.nanoTime() - begin;
    // What a run waits for, the device or its own input pipeline, cannot be seen from outside.
    double busy = simulated == null ? Double.NaN : (double) meter.take() / nanos;
    return Pass.of(work.regions().size(), nanos, busy);
  }

  private void predict(Answers answers) {
    try (TfDataPredictor.Client client = predictor.client()) {
      for (var batch = client.next(); batch != null; batch = client.next()) {
        for (int i = 0; i < batch.numbers().length; i++) {
          answers.put(batch.numbers()[i], batch.outputs().get(i));
        }
      }
    }
  }

  private void simulate(SimulatedPredictor device, Answers answers) {
    TfDataPredictor.Batches.Use use =
        (slots, numbers) -> {
          meter.enter();
          var outputs = device.run(slots, numbers.length);
          meter.leave();
          for (int i = 0; i < numbers.length; i++) {
            answers.put(numbers[i], outputs.get(i));
          }
        };
    try (TfDataPredictor.Batches batches = predictor.batches()) {
      boolean more = true;
      while (more) {
        more = batches.next(use);
      }
    }
  }

  @Override
  public void close() {
    crew.close();
    predictor.close();
  }
}
