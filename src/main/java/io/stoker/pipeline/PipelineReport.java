package io.stoker.pipeline;

import io.stoker.iterator.StageTimes;
import io.stoker.region.Failure;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongBinaryOperator;

/**
 * What a pipeline has done since it was started. Times are summed over a stage's threads, except
 * {@link #openNanos} and {@link #starvation}, which are the device's.
 *
 * @param openNanos time with a task open
 * @param starvation the part of it in which the device had nothing running and nothing queued
 * @param fetch reading files; its output wait is for memory
 * @param decode decoding; its input wait is for files, its output wait for a free slot
 * @param preprocess resizing, copying and the user's code, in the decode threads: busy time only
 * @param predict runs; its input wait is for batches
 * @param tasks the tasks' own threads; input wait is for answers, output wait the writer's time
 * @param ok regions predicted
 * @param failed regions that failed, by reason; reasons that did not occur are left out
 * @param batches runs of whole batches, second attempts apart
 * @param paddedBatches those of them that were not full
 * @param opens how often a file was opened; one that several tasks need counts for each
 * @param bytesRead bytes read from storage
 * @param wholeDecodes images decoded as a whole
 * @param stripDecodes bands of full width decoded
 * @param windowDecodes smaller windows decoded
 * @param hungDecodes decodes written off
 * @param reservedBytes batches, outputs and threads' own memory, held from start to end
 * @param leasedBytes encoded and decoded images, now
 * @param peakLeasedBytes the most of them at once
 * @param knobs threads that decode and read, now: as given, or as the pipeline chose them
 */
public record PipelineReport(
    long openNanos,
    Starvation starvation,
    StageTimes fetch,
    StageTimes decode,
    StageTimes preprocess,
    StageTimes predict,
    StageTimes tasks,
    long ok,
    Map<Failure.Reason, Long> failed,
    long batches,
    long paddedBatches,
    long opens,
    long bytesRead,
    long wholeDecodes,
    long stripDecodes,
    long windowDecodes,
    long hungDecodes,
    long reservedBytes,
    long leasedBytes,
    long peakLeasedBytes,
    Knobs knobs)
    implements Serializable {
  /** Nothing done. */
  public static final PipelineReport NONE =
      new PipelineReport(
          0,
          Starvation.NONE,
          StageTimes.NONE,
          StageTimes.NONE,
          StageTimes.NONE,
          StageTimes.NONE,
          StageTimes.NONE,
          0,
          Map.of(),
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          new Knobs(0, 0));

  /** Keeps a copy of the map. */
  public PipelineReport {
    failed = Map.copyOf(failed);
  }

  /** Regions with a result. */
  public long regions() {
    return ok + failures();
  }

  /** Regions that failed, for whatever reason. */
  public long failures() {
    return failed.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The share of open time, 0 to 1, in which the device had nothing to do. */
  public double starvedShare() {
    return openNanos == 0 ? 0 : (double) starvation.total() / openNanos;
  }

  /** Of two executors, both together: everything is added, bytes held and threads as well. */
  public PipelineReport plus(PipelineReport other) {
    return new PipelineReport(
        openNanos + other.openNanos,
        starvation.plus(other.starvation),
        fetch.plus(other.fetch),
        decode.plus(other.decode),
        preprocess.plus(other.preprocess),
        predict.plus(other.predict),
        tasks.plus(other.tasks),
        ok + other.ok,
        combine(failed, other.failed, Long::sum),
        batches + other.batches,
        paddedBatches + other.paddedBatches,
        opens + other.opens,
        bytesRead + other.bytesRead,
        wholeDecodes + other.wholeDecodes,
        stripDecodes + other.stripDecodes,
        windowDecodes + other.windowDecodes,
        hungDecodes + other.hungDecodes,
        reservedBytes + other.reservedBytes,
        leasedBytes + other.leasedBytes,
        peakLeasedBytes + other.peakLeasedBytes,
        new Knobs(
            knobs.decodeThreads() + other.knobs.decodeThreads(),
            knobs.fetchThreads() + other.knobs.fetchThreads()));
  }

  /** Of one pipeline, what came since an earlier report; bytes held stay as they are now. */
  public PipelineReport minus(PipelineReport earlier) {
    return new PipelineReport(
        openNanos - earlier.openNanos,
        starvation.minus(earlier.starvation),
        fetch.minus(earlier.fetch),
        decode.minus(earlier.decode),
        preprocess.minus(earlier.preprocess),
        predict.minus(earlier.predict),
        tasks.minus(earlier.tasks),
        ok - earlier.ok,
        combine(failed, earlier.failed, (now, before) -> now - before),
        batches - earlier.batches,
        paddedBatches - earlier.paddedBatches,
        opens - earlier.opens,
        bytesRead - earlier.bytesRead,
        wholeDecodes - earlier.wholeDecodes,
        stripDecodes - earlier.stripDecodes,
        windowDecodes - earlier.windowDecodes,
        hungDecodes - earlier.hungDecodes,
        reservedBytes,
        leasedBytes,
        peakLeasedBytes,
        knobs);
  }

  private static Map<Failure.Reason, Long> combine(
      Map<Failure.Reason, Long> left, Map<Failure.Reason, Long> right, LongBinaryOperator how) {
    var both = new EnumMap<Failure.Reason, Long>(Failure.Reason.class);
    for (Failure.Reason reason : Failure.Reason.values()) {
      long count = how.applyAsLong(left.getOrDefault(reason, 0L), right.getOrDefault(reason, 0L));
      if (count != 0) {
        both.put(reason, count);
      }
    }
    return both;
  }
}
