package io.stoker.pipeline;

import io.stoker.iterator.StageClock;
import io.stoker.model.PredictException;
import io.stoker.model.Predictor;
import io.stoker.region.Failure;
import io.stoker.region.Failure.Reason;
import io.stoker.region.RegionOutput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A thread that runs batches, one at a time; as many of these as runs are to be in flight.
 *
 * <p>A batch that fails is halved until the regions are found that make it fail, and those fail
 * alone. Where the device has too little memory, batches are smaller from then on.
 */
final class Runner implements Runnable {
  private final Floor floor;
  private final Predictor predictor;
  private final StageClock clock;
  private final @Nullable SpareBuffer spare;

  /**
   * @param spare for second attempts with fewer regions, where the batch size is fixed
   */
  Runner(Floor floor, Predictor predictor, @Nullable SpareBuffer spare) {
    this.floor = floor;
    this.predictor = predictor;
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
      int fixed = predictor.fixedBatch();
      if (fixed != 0) {
        batch.zero(claimed, fixed);
      }
      predict(batch, 0, claimed, fixed == 0 ? claimed : fixed);
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
   * Predicts some of a batch's regions and answers them.
   *
   * @param slots how many to run from {@code first} on
   * @throws PredictException if no other batch will pass either
   */
  private void predict(Batch batch, int first, int count, int slots) throws PredictException {
    try {
      batch.hold();
      answer(batch, first, count, predictor.run(batch.buffer, first, slots, batch::release));
    } catch (PredictException e) {
      retry(batch, first, count, e);
    }
  }

  private void retry(Batch batch, int first, int count, PredictException e)
      throws PredictException {
    if (e.kind() == PredictException.Kind.BROKEN) {
      throw e;
    }
    if (count == 1) {
      fail(batch, first, e);
      return;
    }
    int half = count / 2;
    if (e.kind() == PredictException.Kind.OUT_OF_MEMORY && spare == null) {
      floor.ring().shrink(count - half);
    }
    predictPart(batch, first, half);
    predictPart(batch, first + half, count - half);
  }

  private void predictPart(Batch batch, int first, int count) throws PredictException {
    if (!hasRegions(batch, first, count)) {
      return;
    }
    if (spare == null) {
      predict(batch, first, count, count);
      return;
    }
    try {
      answer(batch, first, count, spare.run(batch, first, count));
    } catch (PredictException e) {
      retry(batch, first, count, e);
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
