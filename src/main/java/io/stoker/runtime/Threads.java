package io.stoker.runtime;

import io.stoker.pipeline.KnobRange;
import io.stoker.pipeline.Knobs;

/**
 * How an executor's cores are shared out; never more than the cores that Spark gave, whatever the
 * machine has.
 *
 * @param knobs threads that decode and read: what they begin with, and between what the pipeline
 *     chooses
 * @param intraOp threads of TensorFlow's kernels on the CPU
 * @param inFlight runs in flight, each in a thread that mostly waits where there is a GPU; 0 for as
 *     many as turn out best
 */
public record Threads(KnobRange knobs, int intraOp, int inFlight) {
  /** Reading ahead by so many images a decode thread hides a local disk's latency. */
  private static final int FETCHES_A_DECODE_THREAD = 4;

  private static final int FETCHES_AT_START = 16;

  /**
   * Enough for a store that takes 50 ms to answer and 2,500 images a second. Each has its own
   * buffer for the beginnings of files.
   */
  private static final int MAX_FETCHES = 128;

  private static final int MAX_FETCHES_UNTUNED = 64;

  /** More gained nothing on an H100. */
  static final int MAX_IN_FLIGHT = 4;

  /** Where nothing is tried out. */
  static final int IN_FLIGHT_GPU = 3;

  /**
   * What the user left open is chosen.
   *
   * @param cores of the executor
   * @param gpu whether runs happen on a GPU: then kernels on the CPU are few
   */
  public static Threads of(PredictSpec.Resources asked, int cores, boolean gpu) {
    // A simulated device takes no core, and stands for a GPU.
    boolean device = gpu || asked.device() == PredictSpec.Device.SIMULATED;
    int intraOp = device ? 1 : cores;
    int inFlight = asked.inFlight();
    if (inFlight == 0) {
      // On a CPU a second run would only take the first one's cores.
      inFlight = device ? (asked.autotune() ? 0 : IN_FLIGHT_GPU) : 1;
    }
    return new Threads(knobs(asked, cores), intraOp, inFlight);
  }

  private static KnobRange knobs(PredictSpec.Resources asked, int cores) {
    int decode = asked.decodeThreads();
    int start = decode != 0 ? decode : cores;
    boolean tuned = asked.autotune();
    int least = decode != 0 || !tuned ? start : 1;
    int fetch = asked.fetchAhead();
    int fetchStart =
        fetch != 0
            ? fetch
            : tuned
                ? FETCHES_AT_START
                : Math.min(MAX_FETCHES_UNTUNED, FETCHES_A_DECODE_THREAD * start);
    int fetchMost = fetch != 0 || !tuned ? fetchStart : MAX_FETCHES;
    return new KnobRange(
        new Knobs(least, fetchStart), new Knobs(start, fetchStart), new Knobs(start, fetchMost));
  }

  /** Threads that decode, at the start. */
  public int decode() {
    return knobs.start().decodeThreads();
  }

  /** The same with so many runs in flight. */
  Threads withInFlight(int runs) {
    return new Threads(knobs, intraOp, runs);
  }

  /** Runs in flight that memory has to be kept for. */
  int mostInFlight() {
    return inFlight == 0 ? MAX_IN_FLIGHT : inFlight;
  }
}
