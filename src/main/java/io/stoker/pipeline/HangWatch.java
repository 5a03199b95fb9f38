package io.stoker.pipeline;

import io.stoker.region.Failure;
import io.stoker.region.Failure.Reason;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Watches over one decode, or one call of the user's code. If it takes too long, the regions that
 * wait for it and those of the image that were not begun are answered, the lease is written off,
 * and the pool is told. Whoever comes first, its end or the alarm, owns the regions.
 *
 * <p>The thread ends if it comes back. Native decoders cannot be interrupted; the user's code often
 * can, so it is.
 */
final class HangWatch {
  private final Floor floor;
  private final DecodePool pool;
  private final Reason reason;
  private final String what;
  private final List<Element> waiting;
  private final @Nullable LeasedImage image;
  private final Thread thread = Thread.currentThread();
  private final AtomicBoolean over = new AtomicBoolean();
  private final Alarms.Alarm alarm;

  /**
   * Begins to watch the calling thread.
   *
   * @param reason of the failure, if it hangs
   * @param what it does, for the failure's detail
   * @param waiting regions that cannot be answered before it is over
   * @param image what they are of, or null
   */
  HangWatch(
      Floor floor,
      DecodePool pool,
      Reason reason,
      String what,
      List<Element> waiting,
      @Nullable LeasedImage image) {
    this.floor = floor;
    this.pool = pool;
    this.reason = reason;
    this.what = what;
    this.waiting = waiting;
    this.image = image;
    this.alarm = floor.alarms().set(floor.options().decodeTimeout(), this::writeOff);
  }

  /** It is over. Returns false if it was written off before: the regions are answered then. */
  boolean end() {
    alarm.cancel();
    return over.compareAndSet(false, true);
  }

  private void writeOff() {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    var failure = new Failure(reason, what + " took over " + floor.options().decodeTimeout());
    if (image != null) {
      image.writeOff();
    }
    waiting.forEach(element -> floor.fail(element, failure));
    if (image != null) {
      for (DecodeJob dropped : image.abandon()) {
        dropped.regions().forEach(region -> floor.fail(region.element(), failure));
      }
    }
    pool.writeOff(thread);
    if (reason == Reason.TRANSFORM) {
      thread.interrupt();
    }
  }
}
