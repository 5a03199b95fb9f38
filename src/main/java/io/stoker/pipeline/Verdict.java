package io.stoker.pipeline;

import java.io.Serializable;
import java.util.Locale;

/**
 * What bounds the rate: the device where it seldom starves, else what it waited for longest.
 *
 * @param bound the slowest part
 * @param advice what would make it faster, and by how much where that can be told
 */
public record Verdict(Bound bound, String advice) implements Serializable {
  /** The parts that can be the slowest. */
  public enum Bound {
    DEVICE("a faster or further device, a smaller model, --xla or --precision would help"),
    DECODE("more cores an executor would help, or smaller images"),
    PREPROCESS("more cores an executor would help, or a faster --preprocess"),
    IO("more files read at once (--fetch-ahead) would help, or storage nearer by"),
    MEMORY("more --memory would let more images be read and decoded ahead"),
    TASKS("more tasks at once would help, or larger ones: there was too little to be read"),
    WRITER("fewer or smaller output columns would help (--top-k, --argmax), or more tasks");

    private final String advice;

    Bound(String advice) {
      this.advice = advice;
    }
  }

  /** Below this share of starved time the device is the bound. */
  private static final double STARVED = 0.1;

  /**
   * What is known beside the clocks.
   *
   * @param executors how many there were
   * @param deviceRate regions a second that all their devices together make from memory; 0 if
   *     unknown
   */
  public record Capacity(int executors, double deviceRate) {}

  /** Judges. */
  public static Verdict of(PipelineReport report, Capacity capacity) {
    Bound bound = report.starvedShare() < STARVED ? Bound.DEVICE : report.starvation().cause();
    String figures =
        switch (bound) {
          case DEVICE, IO, MEMORY, TASKS, WRITER -> "";
          case DECODE, PREPROCESS -> cores(report, capacity);
        };
    return new Verdict(bound, figures.isEmpty() ? bound.advice : figures + "; " + bound.advice);
  }

  /**
   * What more cores would bring: decoding scales with them until the device is the wall. At most
   * twice as many are spoken of, since further than that nobody has looked.
   */
  private static String cores(PipelineReport report, Capacity capacity) {
    int executors = Math.max(1, capacity.executors());
    double seconds = report.openNanos() / 1e9 / executors;
    double rate = seconds == 0 ? 0 : report.ok() / seconds;
    double threads = (double) report.knobs().decodeThreads() / executors;
    if (rate <= 0 || threads < 1 || capacity.deviceRate() <= rate) {
      return "";
    }
    int more = (int) Math.min(Math.ceil(threads * (capacity.deviceRate() / rate - 1)), threads);
    double lifted = Math.min(capacity.deviceRate(), rate * (threads + more) / threads);
    return String.format(
        Locale.ROOT,
        "%d more %s %s would lift %,.0f to about %,.0f regions a second",
        more,
        more == 1 ? "core" : "cores",
        executors == 1 ? "here" : "an executor",
        rate,
        lifted);
  }
}
