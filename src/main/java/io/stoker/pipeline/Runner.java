package io.stoker.pipeline;

import io.stoker.iterator.StageClock;
import io.stoker.model.PredictException;
import io.stoker.model.Predictor;
import io.stoker.pipeline.MemoryBackOff.Limits;
import io.stoker.region.Failure;
import io.stoker.region.Failure.Reason;
import io.stoker.region.RegionOutput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A thread that runs batches, one at a time; as many of these as runs are to be in flight.
 *
 * <p>A batch that fails is halved until the regions are found that make it fail, and those fail
 * alone. Where the device has too little memory, the same regions are run again, with fewer runs in
 * flight or fewer at a time, and so are all that follow.
 */
final class Runner implements Runnable {
  private final Floor floor;
  private final Predictor predictor;
  private final MemoryBackOff backOff;
  private final StageClock clock;
  private final @Nullable SpareBuffer spare;

  /**
   * @param backOff shared by all runners
   * @param spare for second attempts with fewer regions, where the batch size is fixed
   */
  Runner(Floor floor, Predictor predictor, MemoryBackOff backOff, @Nullable SpareBuffer spare) {
    this.floor = floor;
    this.predictor = predictor;
    this.backOff = backOff;
    this.clock = floor.counters().predict;
    this.spare = spare;
  }

  @Override
  public void run() {
    long since = clock.now();
    for (Batch batch = floor.ring().take(); batch != null; batch = floor.ring().take()) {
      since = clock.inputSince(since);
      run(batch);
      since = clock.busySince(since);
    }
  }

  private void run(Batch batch) {
    int claimed = batch.claimed;
    floor.counters().batches.increment();
    if (claimed < floor.ring().batchSize()) {
      floor.counters().paddedBatches.increment();
    }
    try {
      predict(batch, 0, claimed);
    } catch (PredictException e) {
      floor.faults().broken(new PipelineException("the device is broken: " + e.getMessage(), e));
    } catch (RuntimeException | Error e) {
      floor.faults().broken(new PipelineException("a run broke: " + e, e));
    } finally {
      floor.ring().ended();
      batch.release();
    }
  }

  /**
   * Predicts some of a batch's regions, as many at a time as the limits allow, and answers them.
   *
   * @throws PredictException if no other batch will pass either
   */
  private void predict(Batch batch, int first, int count) throws PredictException {
    int end = first + count;
    for (int at = first; at < end; ) {
      int size = Math.min(backOff.limits().batch(), end - at);
      if (hasRegions(batch, at, size)) {
        attempt(batch, at, size);
      }
      at += size;
    }
  }

  private void attempt(Batch batch, int first, int count) throws PredictException {
    Limits limits = backOff.enter();
    int slots = predictor.fixedBatch() == 0 ? count : Math.max(count, limits.batch());
    List<List<RegionOutput>> outputs;
    try {
      try {
        outputs = run(batch, first, count, slots);
      } finally {
        backOff.leave();
      }
    } catch (PredictException e) {
      failed(batch, first, count, limits, slots, e);
      return;
    }
    answer(batch, first, count, outputs);
  }

  private List<List<RegionOutput>> run(Batch batch, int first, int count, int slots)
      throws PredictException {
    if (spare != null && count < batch.claimed) { // zeros around them would overwrite the others
      return spare.run(batch, first, count, slots);
    }
    batch.zero(first + count, first + slots);
    batch.hold();
    return predictor.run(batch.buffer, first, slots, batch::release);
  }

  private void failed(
      Batch batch, int first, int count, Limits limits, int slots, PredictException e)
      throws PredictException {
    switch (e.kind()) {
      case BROKEN -> throw e;
      case OUT_OF_MEMORY -> {
        if (backOff.lower(limits, slots, String.valueOf(e.getMessage()))) {
          floor.ring().shrink(backOff.limits().batch());
          predict(batch, first, count);
        } else {
          for (int index = first; index < first + count; index++) {
            fail(batch, index, e);
          }
        }
      }
      case MODEL -> {
        if (count == 1) {
          fail(batch, first, e);
        } else {
          int half = count / 2;
          predict(batch, first, half);
          predict(batch, first + half, count - half);
        }
      }
    }
  }

  private static boolean hasRegions(Batch batch, int first, int count) {
    for (int index = first; index < first + count; index++) {
      Element element = batch.element(index);
      if (element != null && !element.client().isCancelled()) {
        return true;
      }
    }
    return false;
  }

  private static void answer(Batch batch, int first, int count, List<List<RegionOutput>> outputs) {
    if (outputs.size() < count) {
      throw new IllegalStateException(
          "a run of " + count + " regions or more gave " + outputs.size() + " answers");
    }
    for (int index = 0; index < count; index++) {
      Element element = batch.element(first + index);
      if (element != null) {
        element.client().succeed(element, outputs.get(index));
      }
    }
  }

  private static void fail(Batch batch, int index, PredictException e) {
    Element element = batch.element(index);
    if (element != null) {
      boolean memory = e.kind() == PredictException.Kind.OUT_OF_MEMORY;
      String detail = e.getMessage() == null ? e.toString() : e.getMessage();
      element
          .client()
          .fail(element, new Failure(memory ? Reason.OUT_OF_MEMORY : Reason.MODEL, detail));
    }
  }
}
