package io.stoker.runtime;

import io.stoker.model.PredictException;
import io.stoker.model.Predictor;
import io.stoker.model.Predictor.BatchBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures what a model does on a device whose input is always there: the same full batches again
 * and again. So a run can say how near it came, and how many runs in flight are worth their memory.
 */
final class DeviceProbe {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceProbe.class);

  /** For each number of runs in flight. */
  private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** One run more in flight must bring at least so much, for it takes a batch's memory. */
  private static final double WORTH = 1.005;

  private final Predictor predictor;
  private final int batch;

  DeviceProbe(Predictor predictor, int batch) {
    this.predictor = predictor;
    this.batch = batch;
  }

  /**
   * What came out.
   *
   * @param inFlight the fewest runs in flight with which the device is as fast as can be
   * @param imagesPerSecond with so many; 0 if nothing could be measured
   */
  record Measured(int inFlight, double imagesPerSecond) {}

  /**
   * Measures, for a second or so, or for one run if that takes longer.
   *
   * @param least runs in flight to begin with
   * @param most runs in flight at most
   */
  Measured measure(int least, int most) {
    var best = new Measured(least, 0);
    var buffers = new ArrayList<BatchBuffer>();
    try {
      for (int inFlight = 1; inFlight <= most; inFlight++) {
        buffers.add(predictor.allocate(batch));
        if (inFlight < least) {
          continue;
        }
        double rate = rate(buffers);
        if (best.imagesPerSecond() > 0 && rate < best.imagesPerSecond() * WORTH) {
          break;
        }
        best = new Measured(inFlight, rate);
      }
    } catch (PredictException e) {
      // Real batches will tell, and be accounted for; with so many in flight it did work.
      LOG.info("{} runs in flight are too many: {}", buffers.size(), e.getMessage());
    } finally {
      buffers.forEach(BatchBuffer::close);
    }
    LOG.info(
        "{} makes {} images a second from memory, {} in flight",
        predictor.device(),
        String.format(Locale.ROOT, "%.0f", best.imagesPerSecond()),
        best.inFlight());
    return best;
  }

  private double rate(List<BatchBuffer> buffers) throws PredictException {
    var failure = new AtomicReference<Throwable>();
    var runs = new AtomicInteger();
    var threads = new ArrayList<Thread>();
    long begin = System.nanoTime();
    for (BatchBuffer buffer : buffers) {
      var thread = new Thread(() -> run(buffer, begin, runs, failure), "stoker-probe");
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    threads.forEach(DeviceProbe::join);
    if (failure.get() instanceof PredictException e) {
      throw e;
    }
    if (failure.get() != null) {
      throw new IllegalStateException("a run of blank regions broke", failure.get());
    }
    return runs.get() * (double) batch * 1e9 / (System.nanoTime() - begin);
  }

  private void run(
      BatchBuffer buffer, long begin, AtomicInteger runs, AtomicReference<Throwable> failure) {
    var released = new Semaphore(0);
    try {
      do {
        predictor.run(buffer, 0, batch, released::release);
        released.acquireUninterruptibly();
        runs.incrementAndGet();
      } while (System.nanoTime() - begin < NANOS && failure.get() == null);
    } catch (PredictException | RuntimeException | Error e) {
      released.acquireUninterruptibly(); // before the buffer is freed
      failure.compareAndSet(null, e);
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
