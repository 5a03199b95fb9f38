package io.stoker.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.stoker.region.Failure;
import io.stoker.region.Failure.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Watches over one decode, or one call of the user's code. If it takes too long, the lease is
 * written off, the pool is told, and whoever waits for it is answered: of a decode all regions of
 * the image, of the user's code the one region; the others of its image are begun anew. Whoever
 * comes first, its end or the alarm, owns the regions.
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
  private final Alarms.Alarm alarm;

  @GuardedBy("this")
  private boolean over;

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
    this.alarm = floor.alarms().set(floor.options().decodeTimeout(), this::alarm);
  }

  /** It is over. Returns false if it was written off before: the regions are answered then. */
  boolean end() {
    alarm.cancel();
    return comesFirst(false);
  }

  /** Under the lock, so that no interrupt hits the thread once it knows that it was written off. */
  private synchronized boolean comesFirst(boolean isAlarm) {
    if (over) {
      return false;
    }
    over = true;
    if (isAlarm && isForeign()) {
      thread.interrupt();
    }
    return true;
  }

  private boolean isForeign() {
    return reason == Reason.TRANSFORM;
  }

  private void alarm() {
    if (!comesFirst(true)) {
      return;
    }
    try {
      writeOff();
    } catch (Throwable t) { // NOPMD: nobody looks at what alarms throw
      floor.faults().broken(new PipelineException("a thread could not be replaced: " + t, t));
    }
  }

  private void writeOff() {
    var failure = new Failure(reason, what + " took over " + floor.options().decodeTimeout());
    if (image != null) {
      image.writeOff();
    }
    var others = new ArrayList<>(waiting);
    floor.fail(others.remove(0), failure);
    if (image != null) {
      for (DecodeJob dropped : image.abandon()) {
        dropped.regions().forEach(region -> others.add(region.element()));
      }
    }
    if (isForeign()) {
      beginAnew(others);
    } else {
      others.forEach(element -> floor.fail(element, failure));
    }
    pool.writeOff(thread);
  }

  private void beginAnew(List<Element> elements) {
    if (elements.isEmpty()) {
      return;
    }
    Client client = elements.get(0).client();
    floor.toFetch().put(new ImageGroup(client, elements));
    if (client.isCancelled()) { // by another thread, which may have looked too early
      floor.toFetch().remove(group -> group.client() == client);
    }
  }
}
