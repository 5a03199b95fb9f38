package io.stoker.runtime;

/**
 * How an executor's cores are shared out. Decode threads and TensorFlow's own together never exceed
 * the cores that Spark gave, whatever the machine has.
 *
 * @param decode threads that decode, resize and preprocess
 * @param intraOp threads of TensorFlow's kernels
 * @param fetch threads that read, mostly waiting
 * @param inFlight runs in flight, each in a thread that mostly waits where there is a GPU
 */
public record Threads(int decode, int intraOp, int fetch, int inFlight) {
  /** Reading ahead by so many images a decode thread hides an object store's latency. */
  private static final int FETCHES_A_DECODE_THREAD = 4;

  private static final int MAX_FETCHES = 64;

  /** Two or three runs meet the device's ceiling (measured on an H100; three need more memory). */
  private static final int IN_FLIGHT_GPU = 2;

  /**
   * What the user left open is chosen.
   *
   * @param cores of the executor
   * @param gpu whether runs happen on a GPU: then one core is kept for launches, and kernels on the
   *     CPU are few
   */
  public static Threads of(PredictSpec.Resources asked, int cores, boolean gpu) {
    if (asked.device() == PredictSpec.Device.SIMULATED) {
      // It takes no core, and stands for a GPU.
      return chosen(asked, cores + 1, true);
    }
    return chosen(asked, cores, gpu);
  }

  private static Threads chosen(PredictSpec.Resources asked, int cores, boolean gpu) {
    int decode = asked.decodeThreads();
    if (decode == 0) {
      decode = gpu ? Math.max(1, cores - 1) : Math.max(1, cores / 2);
    }
    int intraOp = gpu ? 1 : Math.max(1, cores - decode);
    int fetch = asked.fetchAhead();
    if (fetch == 0) {
      fetch = Math.min(MAX_FETCHES, FETCHES_A_DECODE_THREAD * decode);
    }
    int inFlight = asked.inFlight();
    if (inFlight == 0) {
      // On a CPU a second run would only take the first one's cores.
      inFlight = gpu ? IN_FLIGHT_GPU : 1;
    }
    return new Threads(decode, intraOp, fetch, inFlight);
  }
}
