package io.stoker.pipeline;

import io.stoker.image.ImageDecoder;
import io.stoker.image.ImageException;
import io.stoker.iterator.ByteBudget;
import io.stoker.iterator.WorkQueue;
import io.stoker.region.Failure;
import io.stoker.storage.AllowedUris;
import io.stoker.storage.Storage;
import java.util.List;

/** What the threads of a pipeline share. */
record Floor(
    PipelineOptions options,
    List<ImageDecoder> decoders,
    Storage storage,
    Filling filling,
    AllowedUris allowed,
    Counters counters,
    ByteBudget budget,
    BatchRing ring,
    WorkQueue<ImageGroup> toFetch,
    WorkQueue<DecodeWork> toDecode,
    Alarms alarms,
    Faults faults,
    Activity activity,
    Gate decodeGate,
    Gate fetchGate) {
  /** As they are now. */
  Knobs knobs() {
    return new Knobs(decodeGate.limit(), fetchGate.limit());
  }

  /** Turns them. */
  void turn(Knobs knobs) {
    activity.decodeThreads.set(knobs.decodeThreads());
    decodeGate.limit(knobs.decodeThreads());
    fetchGate.limit(knobs.fetchThreads());
  }

  /** Answers a pending region with a failure. */
  void fail(Element element, Failure failure) {
    ring.leave(element);
    element.client().fail(element, failure);
  }

  /**
   * Lets only through what the user allowed.
   *
   * @throws ImageException with {@code not_allowed}
   */
  void checkAllowed(String uri) throws ImageException {
    if (!allowed.allows(uri)) {
      throw new ImageException(
          Failure.Reason.NOT_ALLOWED,
          uri + " is not below any of " + allowed.prefixes() + "; see --allow-uri");
    }
  }
}
