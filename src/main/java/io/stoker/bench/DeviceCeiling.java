package io.stoker.bench;

import io.stoker.model.ModelException;
import io.stoker.model.Predictor;
import io.stoker.model.Predictor.BatchBuffer;
import io.stoker.runtime.SimulatedPredictor;
import io.stoker.tensorflow.TensorFlowPredictor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The device alone: the same full batches again and again, one to four runs in flight, of which the
 * best counts.
 */
final class DeviceCeiling implements Strategy {
  private static final int MAX_IN_FLIGHT = 4;
  private static final long CHOICE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int FEWEST_BATCHES = 4;

  private final Workload work;
  private final Predictor predictor;
  private final List<BatchBuffer> buffers = new ArrayList<>();
  private final Crew crew = new Crew(MAX_IN_FLIGHT, "bench-device");

  /** Chosen in the first pass, which is not timed; 0 before. */
  private int bestInFlight;

  DeviceCeiling(Workload work) throws ModelException {
    this.work = work;
    this.predictor =
        work.isSimulated()
            ? new SimulatedPredictor(work.job().model(), work.asked().simulatedMillis())
            : TensorFlowPredictor.open(
                work.job().model(), HeapDevice.Devices.options(work), work.batch());
    for (int i = 0; i < MAX_IN_FLIGHT; i++) {
      buffers.add(predictor.allocate(work.batch()));
    }
  }

  /** What the device calls itself. */
  String device() {
    return predictor.device();
  }

  @Override
  public int regions() {
    return work.regions().size();
  }

  @Override
  public Pass pass(Answers answers) throws Exception {
    if (bestInFlight == 0) {
      double best = 0;
      for (int inFlight = 1; inFlight <= MAX_IN_FLIGHT; inFlight++) {
        double rate = rate(inFlight, CHOICE_NANOS, 0);
        if (rate > best) {
          best = rate;
          bestInFlight = inFlight;
        }
      }
    }
    // As much work as everybody's, since a device that works on becomes hot, and slower.
    double rate = rate(bestInFlight, 0, work.regions().size() / work.batch());
    return new Pass(rate, 1, "").noted(bestInFlight + " runs in flight");
  }

  private double rate(int inFlight, long nanos, int fewest) throws Exception {
    long begin = System.nanoTime();
    var batches = new AtomicInteger();
    for (BatchBuffer buffer : buffers.subList(0, inFlight)) {
      crew.start(
          () -> {
            var released = new Semaphore(0);
            while (System.nanoTime() - begin < nanos
                || batches.get() < Math.max(fewest, FEWEST_BATCHES)) {
              predictor.run(buffer, 0, work.batch(), released::release);
              released.acquire();
              batches.incrementAndGet();
            }
            return true;
          });
    }
    crew.join();
    return batches.get() * (double) work.batch() * 1e9 / (System.nanoTime() - begin);
  }

  @Override
  public boolean answersRegions() {
    return false;
  }

  @Override
  public void close() {
    crew.close();
    buffers.forEach(BatchBuffer::close);
    predictor.close();
  }
}
