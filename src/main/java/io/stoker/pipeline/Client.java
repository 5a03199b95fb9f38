package io.stoker.pipeline;

import io.stoker.iterator.Cancellation;
import io.stoker.iterator.ReorderBuffer;
import io.stoker.region.Failure;
import io.stoker.region.RegionOutput;
import io.stoker.region.RegionResult;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** A task as the pool sees it: where answers go, and whether it still wants them. Thread-safe. */
final class Client {
  private final ReorderBuffer<RegionResult> answers;
  private final Cancellation cancellation = new Cancellation();
  private final boolean lastAttempt;
  private final Counters counters;
  private final Thread opener = Thread.currentThread();

  Client(int window, boolean lastAttempt, Counters counters) {
    this.answers = new ReorderBuffer<>(window);
    this.lastAttempt = lastAttempt;
    this.counters = counters;
  }

  ReorderBuffer<RegionResult> answers() {
    return answers;
  }

  Cancellation cancellation() {
    return cancellation;
  }

  boolean isCancelled() {
    return cancellation.isCancelled();
  }

  /** Whether the calling thread opened the task. */
  boolean isOfThisThread() {
    return opener == Thread.currentThread();
  }

  boolean isLastAttempt() {
    return lastAttempt;
  }

  /** Answers a region, whose slot was run. */
  void succeed(Element element, List<RegionOutput> outputs) {
    answer(element, new RegionResult.Ok(element.region(), outputs), counters.ok);
  }

  /** Answers a region that holds no slot any more, or never did. */
  void fail(Element element, Failure failure) {
    answer(
        element,
        new RegionResult.Failed(element.region(), failure),
        counters.failed(failure.reason()));
  }

  private void answer(Element element, RegionResult result, LongAdder counter) {
    counter.increment(); // before, so that whoever has the result finds it counted
    if (!answers.answer(element.number(), result)) {
      counter.decrement();
    }
  }
}
