package io.stoker.pipeline;

/**
 * Chooses how many threads decode and read, by what went on in the last moment. No thread-safety;
 * no clock: it is told.
 *
 * <ul>
 *   <li>Files are read by twice as many threads if decode threads have nothing to do while all that
 *       may read do.
 *   <li>More threads decode if the device starves while all that may decode do.
 *   <li>One thread less decodes if the device never starves and most decode threads wait for a free
 *       slot: they only take turns then, and compete with whoever feeds the device. That is given
 *       up for good when the device starves afterwards.
 * </ul>
 */
final class Tuner {
  /** The device may be without work for so much of a moment: counting it is not exact. */
  private static final double HUNGRY = 0.01;

  /** Of the threads that may; more of them are as good as all. */
  private static final double ALL = 0.75;

  private static final double IDLE = 0.05;
  private static final double MOST = 0.5;

  private final Knobs most;
  private int fewestDecodeThreads;
  private boolean lowered;

  Tuner(KnobRange range) {
    this.most = range.most();
    this.fewestDecodeThreads = range.least().decodeThreads();
  }

  /**
   * What was seen: shares from 0 to 1, of the moment's time or of the threads that may work.
   *
   * @param starved of the time in which a task was open, the device had no work
   * @param starvedByDecode the part of it in which it waited for decode threads
   * @param decoding decode threads that decoded or preprocessed
   * @param awaitingSlot decode threads that waited for a free slot
   * @param reading fetch threads that read
   * @param filesWait whether files waited to be read
   */
  record Seen(
      double starved,
      double starvedByDecode,
      double decoding,
      double awaitingSlot,
      double reading,
      boolean filesWait) {}

  /** What to do from now on. */
  Knobs next(Knobs now, Seen seen) {
    return new Knobs(decodeThreads(now, seen), fetchThreads(now, seen));
  }

  private int fetchThreads(Knobs now, Seen seen) {
    boolean decodersIdle = seen.decoding() + seen.awaitingSlot() < 1 - IDLE;
    return decodersIdle && seen.filesWait() && seen.reading() > ALL
        ? Math.min(most.fetchThreads(), 2 * now.fetchThreads())
        : now.fetchThreads();
  }

  private int decodeThreads(Knobs now, Seen seen) {
    int threads = now.decodeThreads();
    if (seen.starved() > HUNGRY) {
      if (seen.starvedByDecode() < ALL * seen.starved()) {
        return threads; // more would have nothing to do
      }
      if (lowered) {
        fewestDecodeThreads = Math.min(most.decodeThreads(), threads + 1);
      }
      return Math.min(most.decodeThreads(), threads + Math.max(1, threads / 4));
    }
    if (seen.awaitingSlot() > MOST && threads > fewestDecodeThreads) {
      lowered = true;
      return threads - 1;
    }
    return threads;
  }
}
