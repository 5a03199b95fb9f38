package io.stoker.pipeline;

import io.stoker.iterator.StageTimes;
import java.io.Serializable;

/**
 * What bounds the rate, judged by who waits for whom.
 *
 * @param bound the slowest part
 * @param advice what would make it faster
 */
public record Verdict(Bound bound, String advice) implements Serializable {
  /** The parts that can be the slowest. */
  public enum Bound {
    DEVICE("a faster or further device, a smaller model or mixed precision would help"),
    DECODE("more cores an executor (--decode-threads) would help, or smaller images"),
    PREPROCESS("more cores an executor (--decode-threads) would help, or a faster --preprocess"),
    IO("more files read at once (--fetch-ahead) would help, or storage nearer by"),
    MEMORY("more --memory would let more images be read and decoded ahead"),
    TASKS("more tasks at once would help, or larger ones: nothing was there to be read"),
    WRITER("fewer or smaller output columns would help (--top-k, --argmax), or more tasks");

    private final String advice;

    Bound(String advice) {
      this.advice = advice;
    }
  }

  /** Below this share of starved time the device is the bound. */
  private static final double STARVED = 0.1;

  /** A stage that waits for more than this share of its time is waiting, not working. */
  private static final double WAITING = 0.5;

  /** Threads that read for less than this share of their time, together, had nothing to read. */
  private static final double IDLE = 0.05;

  static Verdict of(PipelineReport report) {
    Bound bound = bound(report);
    return new Verdict(bound, bound.advice);
  }

  private static Bound bound(PipelineReport report) {
    if (report.starvedShare() < STARVED) {
      return Bound.DEVICE;
    }
    StageTimes tasks = report.tasks();
    if (share(tasks.outputNanos(), tasks) > WAITING) {
      return Bound.WRITER;
    }
    StageTimes pool = report.decode().plus(report.preprocess());
    if (share(pool.outputNanos(), pool) > WAITING) {
      return Bound.DEVICE; // batches were ready: it starved at the start, or between tasks
    }
    if (share(pool.inputNanos(), pool) > WAITING) {
      return reading(report.fetch());
    }
    return report.preprocess().busyNanos() > report.decode().busyNanos()
        ? Bound.PREPROCESS
        : Bound.DECODE;
  }

  /**
   * Of threads that read ahead, most may idle; what counts is what those do that have something.
   */
  private static Bound reading(StageTimes fetch) {
    if (fetch.outputNanos() > fetch.busyNanos()) {
      return Bound.MEMORY;
    }
    return share(fetch.busyNanos(), fetch) < IDLE ? Bound.TASKS : Bound.IO;
  }

  private static double share(long part, StageTimes whole) {
    return whole.totalNanos() == 0 ? 0 : (double) part / whole.totalNanos();
  }
}
