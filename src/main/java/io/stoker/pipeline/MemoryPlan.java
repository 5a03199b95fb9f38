package io.stoker.pipeline;

import io.stoker.region.SlotSpec;
import java.util.Locale;

/**
 * How an executor's memory is divided. All but the budget is reserved at start, so that nobody ever
 * waits for it.
 *
 * @param buffers batch buffers in the ring
 * @param ringBytes of all of them, the spare one of a fixed batch included
 * @param scratchBytes what threads own: file beginnings, slots that user code fills
 * @param window regions that one task may have open: admitted, and their answers not taken
 * @param outputBytes answers of all tasks' windows
 * @param budgetBytes what is left for images
 */
public record MemoryPlan(
    int buffers,
    long ringBytes,
    long scratchBytes,
    int window,
    long outputBytes,
    long budgetBytes) {
  /** Below this hardly any photo could be decoded, so the job is refused. */
  static final long MIN_BUDGET_BYTES = 8L << 20;

  /** How much of each file is read to see what it is. */
  static final int PREFIX_BYTES = 64 << 10;

  /** Beside those that run: one that fills, and one that is about to. */
  private static final int BUFFERS_NOT_RUNNING = 2;

  /**
   * Regions of an image that fit half a window are decoded together, so a small window decodes an
   * image again and again. And while one thread decodes an image a hundred times as long as others,
   * those go on.
   */
  private static final int WINDOW = 8_192;

  private static final int MAX_WINDOW = 1 << 16;

  /** Outputs get no more than this part of the memory while a smaller window will do. */
  private static final int OUTPUT_PART = 4;

  /**
   * Divides {@code options.memoryBytes()}.
   *
   * @param fixedBatch the predictor's, or 0
   * @throws IllegalArgumentException if it is too little; the message says how much is needed
   */
  public static MemoryPlan of(PipelineOptions options, Filling filling, int fixedBatch) {
    SlotSpec slot = filling.slot();
    int buffers = options.inFlight() + BUFFERS_NOT_RUNNING;
    int spares = fixedBatch > 1 ? 1 : 0;
    long ring =
        Math.multiplyExact((long) (buffers + spares) * options.batch(), (long) slot.bytes());
    boolean userFilled = filling instanceof Filling.Transform || filling instanceof Filling.Load;
    long scratch =
        (long) options.knobs().most().fetchThreads() * PREFIX_BYTES
            + (userFilled ? (long) options.knobs().most().decodeThreads() * slot.bytes() : 0);
    long outputsPerWindowRegion =
        Math.multiplyExact(options.outputBytesPerRegion(), (long) options.maxTasks());
    long spare = options.memoryBytes() - ring - scratch - MIN_BUDGET_BYTES;
    int window = window(options, buffers, spare, outputsPerWindowRegion);
    long outputs = Math.multiplyExact(outputsPerWindowRegion, (long) window);
    long needed = ring + scratch + outputs + MIN_BUDGET_BYTES;
    if (needed > options.memoryBytes()) {
      throw new IllegalArgumentException(
          String.format(
              "memory is %s, expected at least %s: %s for %d batches of %d, %s for outputs, %s for"
                  + " threads and %s for images (more for large ones); raise --memory%s",
              mebibytes(options.memoryBytes()),
              mebibytes(needed),
              part(ring),
              buffers + spares,
              options.batch(),
              part(outputs),
              part(scratch),
              part(MIN_BUDGET_BYTES),
              options.batch() > 1 && fixedBatch == 0
                  ? ", or lower --batch or --in-flight"
                  : options.inFlight() > 1 ? ", or lower --in-flight" : ""));
    }
    long budget = options.memoryBytes() - ring - scratch - outputs;
    return new MemoryPlan(buffers, ring, scratch, window, outputs, budget);
  }

  /** As the flag takes them, rounded up. */
  private static String mebibytes(long bytes) {
    return ((bytes + (1L << 20) - 1) >> 20) + "m";
  }

  private static String part(long bytes) {
    return String.format(Locale.ROOT, "%.1fm", (double) bytes / (1L << 20));
  }

  private static int window(
      PipelineOptions options, int buffers, long spare, long outputsPerWindowRegion) {
    long wanted = Math.max(2L * buffers * options.batch(), WINDOW);
    long affordable = Math.min(options.memoryBytes() / OUTPUT_PART, spare) / outputsPerWindowRegion;
    long bounded = Math.min(Math.min(wanted, affordable), MAX_WINDOW);
    return (int) Math.max(bounded, options.batch());
  }
}
