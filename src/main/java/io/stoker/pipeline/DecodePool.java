package io.stoker.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.stoker.iterator.ThreadPriority;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decode threads. One that hangs in native code cannot be ended: it is written off, and another
 * takes its place, until too many hang. Thread-safe.
 */
final class DecodePool {
  private static final Logger LOG = LoggerFactory.getLogger(DecodePool.class);

  /** More than this part of the threads, and more than one, may not hang. */
  private static final int HUNG_PART = 10;

  private final Floor floor;
  private final ThreadGang threads;

  @GuardedBy("this")
  private int hung;

  @GuardedBy("this")
  private boolean closed;

  DecodePool(Floor floor, ThreadGang threads) {
    this.floor = floor;
    this.threads = threads;
  }

  void start() {
    for (int i = 0; i < floor.options().knobs().most().decodeThreads(); i++) {
      startOne();
    }
  }

  private synchronized void startOne() {
    if (!closed) {
      threads.start(this::work);
    }
  }

  private void work() {
    boolean needed = true;
    ThreadPriority.lower();
    try {
      var worker = new DecodeWorker(floor, this);
      try {
        worker.run();
      } finally {
        needed = !worker.isWrittenOff();
        worker.close();
      }
    } catch (IOException | RuntimeException | Error e) {
      if (needed) {
        floor.faults().broken(new PipelineException("a decode thread broke: " + e, e));
      } else {
        LOG.warn("a decode thread that hung could not be closed", e);
      }
    }
  }

  /** Starts no thread any more. */
  synchronized void close() {
    closed = true;
  }

  /** That thread hangs and will do no more work, even if it comes back. */
  void writeOff(Thread thread) {
    floor.counters().hungDecodes.increment();
    floor.decodeGate().leave();
    int all = floor.options().knobs().most().decodeThreads();
    int now = changeHung(1);
    if (now > Math.max(1, all / HUNG_PART)) {
      floor
          .faults()
          .broken(
              PipelineException.unfit(
                  String.format(
                      "%d of %d decode threads hang, for longer than %s each; see the failures of"
                          + " stage decode or preprocess for the regions",
                      now, all, floor.options().decodeTimeout())));
    } else {
      startOne();
    }
    threads.disown(thread); // after its replacement began, so that closing waits for that one
  }

  /** A thread that was written off has come back, and ends. */
  void cameBack() {
    changeHung(-1);
  }

  private synchronized int changeHung(int by) {
    hung += by;
    return hung;
  }
}
