package io.stoker.pipeline;

import io.stoker.image.ImageHeader;
import io.stoker.iterator.StageClock;
import io.stoker.iterator.Ticker;
import io.stoker.region.Box;
import io.stoker.region.Failure;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Clocks and counts of a pipeline, each added to without contention. Thread-safe. */
final class Counters {
  final StageClock fetch;
  final StageClock decode;
  final StageClock preprocess;
  final StageClock predict;
  final StageClock tasks;

  final LongAdder ok = new LongAdder();
  final LongAdder batches = new LongAdder();
  final LongAdder paddedBatches = new LongAdder();
  final LongAdder opens = new LongAdder();
  final LongAdder bytesRead = new LongAdder();
  final LongAdder wholeDecodes = new LongAdder();
  final LongAdder stripDecodes = new LongAdder();
  final LongAdder windowDecodes = new LongAdder();
  final LongAdder hungDecodes = new LongAdder();

  private final Map<Failure.Reason, LongAdder> failed = new EnumMap<>(Failure.Reason.class);

  Counters(Ticker ticker) {
    fetch = new StageClock(ticker);
    decode = new StageClock(ticker);
    preprocess = new StageClock(ticker);
    predict = new StageClock(ticker);
    tasks = new StageClock(ticker);
    for (Failure.Reason reason : Failure.Reason.values()) {
      failed.put(reason, new LongAdder());
    }
  }

  @SuppressWarnings("NullAway") // every reason is in the map
  LongAdder failed(Failure.Reason reason) {
    return failed.get(reason);
  }

  Map<Failure.Reason, Long> failures() {
    var counts = new EnumMap<Failure.Reason, Long>(Failure.Reason.class);
    failed.forEach(
        (reason, adder) -> {
          long count = adder.sum();
          if (count != 0) {
            counts.put(reason, count);
          }
        });
    return counts;
  }

  void decoded(ImageHeader header, Box window) {
    if (window.width() < header.width()) {
      windowDecodes.increment();
    } else if (window.height() < header.height()) {
      stripDecodes.increment();
    } else {
      wholeDecodes.increment();
    }
  }
}
