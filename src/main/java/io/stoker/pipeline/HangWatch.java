package io.stoker.pipeline;

import io.stoker.region.Failure;
import io.stoker.region.Failure.Reason;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Watches over one decode, which cannot be interrupted. If it takes too long, its regions and those
 * of the image that were not begun are answered, the lease is written off, and the pool is told.
 * Whoever comes first, the decode's end or the alarm, owns the regions.
 */
final class HangWatch {
  private final Floor floor;
  private final DecodePool pool;
  private final LeasedImage image;
  private final DecodeJob job;
  private final Thread thread = Thread.currentThread();
  private final AtomicBoolean over = new AtomicBoolean();
  private final Alarms.Alarm alarm;

  /** Begins to watch the calling thread. */
  HangWatch(Floor floor, DecodePool pool, LeasedImage image, DecodeJob job) {
    this.floor = floor;
    this.pool = pool;
    this.image = image;
    this.job = job;
    this.alarm = floor.alarms().set(floor.options().decodeTimeout(), this::writeOff);
  }

  /** The decode is over. Returns false if it was written off before. */
  boolean end() {
    alarm.cancel();
    return over.compareAndSet(false, true);
  }

  private void writeOff() {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    image.writeOff();
    var failure =
        new Failure(
            Reason.TIMEOUT,
            "decoding window " + job.window() + " took over " + floor.options().decodeTimeout());
    job.regions().forEach(region -> floor.fail(region.element(), failure));
    for (DecodeJob dropped : image.abandon()) {
      dropped.regions().forEach(region -> floor.fail(region.element(), failure));
    }
    pool.writeOff(thread);
  }
}
