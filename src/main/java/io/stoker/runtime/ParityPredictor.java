package io.stoker.runtime;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.stoker.model.PredictException;
import io.stoker.model.Predictor;
import io.stoker.region.RegionOutput;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the first regions on a second predictor too and compares the answers. Those of the first one
 * are what counts; where the second fails, that is logged and nothing else happens. Thread-safe.
 */
final class ParityPredictor implements Predictor {
  private static final Logger LOG = LoggerFactory.getLogger(ParityPredictor.class);

  /** Regions a run of the reference, which may be a CPU with little memory left. */
  private static final int REFERENCE_BATCH = 32;

  private final Predictor predictor;
  private final Predictor reference;
  private final AtomicInteger left;

  @GuardedBy("this")
  private long regions;

  @GuardedBy("this")
  private long agreeing;

  @GuardedBy("this")
  private double largestDifference;

  /**
   * Owns both.
   *
   * @param regions to compare
   */
  ParityPredictor(Predictor predictor, Predictor reference, int regions) {
    this.predictor = predictor;
    this.reference = reference;
    this.left = new AtomicInteger(regions);
  }

  /** What was found so far; null before the first region. */
  synchronized @Nullable Parity parity() {
    return regions == 0
        ? null
        : new Parity(regions, largestDifference, (double) agreeing / regions);
  }

  @Override
  public List<List<RegionOutput>> run(BatchBuffer buffer, int first, int count, Runnable released)
      throws PredictException {
    int compared = Math.min(count, left.getAndUpdate(now -> Math.max(0, now - count)));
    if (compared <= 0) {
      return predictor.run(buffer, first, count, released);
    }
    // The device may still read the buffer when its run is back, and we read it then.
    var holds = new AtomicInteger(2); // the run's, and ours
    Runnable release =
        () -> {
          if (holds.decrementAndGet() == 0) {
            released.run();
          }
        };
    boolean answered = false;
    try {
      List<List<RegionOutput>> answers = predictor.run(buffer, first, count, release);
      answered = true;
      compare(buffer, first, count, compared, answers, holds, release);
      return answers;
    } finally {
      if (!answered) {
        left.addAndGet(compared); // they will come again, or others for them
      }
      release.run();
    }
  }

  private void compare(
      BatchBuffer buffer,
      int first,
      int count,
      int compared,
      List<List<RegionOutput>> answers,
      AtomicInteger holds,
      Runnable release) {
    int fixed = reference.fixedBatch();
    try {
      for (int done = 0; done < compared; ) {
        int slots = fixed != 0 ? count : Math.min(REFERENCE_BATCH, compared - done);
        holds.incrementAndGet();
        List<List<RegionOutput>> expected = reference.run(buffer, first + done, slots, release);
        for (int i = 0; i < Math.min(slots, compared - done); i++) {
          if (!isBlank(buffer.slot(first + done + i))) {
            add(answers.get(done + i), expected.get(i));
          }
        }
        done += slots;
      }
    } catch (PredictException | RuntimeException e) {
      LOG.warn("--verify-parity: the CPU cannot run these regions: {}", e.getMessage());
    }
  }

  /** Holes and what pads a batch are no regions. */
  private static boolean isBlank(ByteBuffer slot) {
    while (slot.remaining() >= Long.BYTES) {
      if (slot.getLong() != 0) {
        return false;
      }
    }
    while (slot.hasRemaining()) {
      if (slot.get() != 0) {
        return false;
      }
    }
    return true;
  }

  private synchronized void add(List<RegionOutput> answer, List<RegionOutput> expected) {
    regions++;
    boolean agrees = true;
    for (int i = 0; i < answer.size(); i++) {
      Object ours = answer.get(i).values();
      Object theirs = expected.get(i).values();
      if (ours instanceof boolean[]) {
        agrees &= Arrays.equals((boolean[]) ours, (boolean[]) theirs);
      } else if (ours instanceof float[] || ours instanceof double[]) {
        agrees &= compareNumbers(ours, theirs);
      } else { // classes: the first is the best
        agrees &= Array.getLength(ours) == 0 || Array.getLong(ours, 0) == Array.getLong(theirs, 0);
      }
    }
    agreeing += agrees ? 1 : 0;
  }

  @GuardedBy("this")
  private boolean compareNumbers(Object ours, Object theirs) {
    int length = Math.min(Array.getLength(ours), Array.getLength(theirs));
    int best = 0;
    int expectedBest = 0;
    for (int i = 0; i < length; i++) {
      double difference = Math.abs(Array.getDouble(ours, i) - Array.getDouble(theirs, i));
      // A number that one of them has not is as far as can be.
      double distance = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
      largestDifference = Math.max(largestDifference, distance);
      best = Array.getDouble(ours, i) > Array.getDouble(ours, best) ? i : best;
      expectedBest =
          Array.getDouble(theirs, i) > Array.getDouble(theirs, expectedBest) ? i : expectedBest;
    }
    return best == expectedBest;
  }

  @Override
  public String device() {
    return predictor.device();
  }

  @Override
  public int slotBytes() {
    return predictor.slotBytes();
  }

  @Override
  public int fixedBatch() {
    return predictor.fixedBatch();
  }

  @Override
  public boolean takesFewer() {
    return predictor.takesFewer();
  }

  @Override
  public BatchBuffer allocate(int slots) {
    return predictor.allocate(slots);
  }

  @Override
  public void close() {
    try (predictor) {
      reference.close();
    }
  }
}
