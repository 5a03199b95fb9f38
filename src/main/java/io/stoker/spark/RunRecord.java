package io.stoker.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.stoker.model.ModelOptimization;
import io.stoker.pipeline.PipelineReport;
import io.stoker.pipeline.Verdict;
import io.stoker.runtime.ExecutorReport;
import io.stoker.runtime.Parity;
import io.stoker.runtime.PredictSpec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run was and how it went: {@code _stoker/run.json} in the output. The terminal's summary is
 * made of it. Holds no file system settings, hence no secrets of theirs.
 *
 * @param outcome how it ended
 * @param message what went wrong, or null
 * @param output the folder that was asked for
 * @param written where the rows lie if that is elsewhere: an output that was to replace another but
 *     was not proven; else null
 * @param spec what was asked for
 * @param fingerprint SHA-256, hex, of what changes numbers
 * @param modelSha256 hex digest of the model's bytes
 * @param modelOptimization what was done to the model's graph on loading
 * @param versions of Stoker, Spark, Hadoop, TensorFlow and Java
 * @param manifest where the regions came from
 * @param plan how they were cut
 * @param counts what became of them
 * @param pipeline stage clocks and counts of all executors together; null if none was needed
 * @param starvedShare of the time with a task open, 0 to 1, in which the device had nothing to do
 * @param deviceShare regions predicted, of all that the devices would have made from memory in that
 *     time, 0 to 1; null if that was not measured
 * @param verdict what bounded the rate; null if no executor was needed, or for too short a time to
 *     judge
 * @param devices what it ran on, each once
 * @param executors the last report of each runtime, clocks and counts being this run's alone
 * @param memory what each executor was expected to take beside its heap; null in local mode
 * @param parity of all executors' first regions, where that was asked for; else null
 * @param environment where the driver ran
 * @param timings how long it took
 * @param outputColumns the columns that are not the manifest's, in order
 */
public record RunRecord(
    Outcome outcome,
    @Nullable String message,
    String output,
    @Nullable String written,
    PredictSpec spec,
    String fingerprint,
    String modelSha256,
    ModelOptimization modelOptimization,
    Map<String, String> versions,
    ManifestPart manifest,
    PlanPart plan,
    Counts counts,
    @Nullable PipelineReport pipeline,
    double starvedShare,
    @Nullable Double deviceShare,
    @Nullable Verdict verdict,
    List<String> devices,
    List<ExecutorReport> executors,
    @Nullable MemoryNeed memory,
    @Nullable Parity parity,
    Map<String, String> environment,
    Timings timings,
    List<String> outputColumns) {
  /** How a run ended. */
  public enum Outcome {
    /** Every region has its row, as proven. */
    DONE,
    /** More regions failed than allowed, or none was predicted. */
    TOO_MANY_FAILURES,
    /** The committed rows are not those of the manifest. */
    UNPROVEN
  }

  /**
   * Where the regions came from.
   *
   * @param source a location, or a table's name
   * @param base what relative URIs were resolved against
   * @param columns the manifest's own columns with their types
   */
  public record ManifestPart(String source, String base, Map<String, String> columns) {}

  /**
   * How the regions were cut into tasks.
   *
   * @param regions rows of the numbered manifest
   * @param splits tasks
   * @param smallestSplit fewest regions in one
   * @param largestSplit most regions in one
   * @param taskSlots tasks that could run at once, as far as the driver knew
   * @param coresPerExecutor cores of an executor
   * @param batch regions a run of the model
   * @param slot a region's place in a batch: {@code 224x224x3 UINT8}
   * @param filling who makes a slot of a region
   */
  public record PlanPart(
      long regions,
      int splits,
      long smallestSplit,
      long largestSplit,
      int taskSlots,
      int coresPerExecutor,
      int batch,
      String slot,
      String filling) {}

  /**
   * What became of the regions.
   *
   * @param regions of the manifest
   * @param ok predicted
   * @param failed not predicted, of those that were reached
   * @param reasons failures by {@code stage/reason}
   * @param committed whether this was counted in the committed rows; else the run was ended early
   *     and this is what its finished tasks had done
   */
  public record Counts(
      long regions, long ok, long failed, Map<String, Long> reasons, boolean committed) {}

  /**
   * How long it took, in seconds.
   *
   * @param started UTC, as ISO 8601
   * @param manifest reading, sorting and numbering
   * @param model reading and checking it on the driver
   * @param predicting with writing
   * @param proving reading the rows back
   * @param total from start to end
   * @param regionsPerSecond regions with a row, per second of predicting
   */
  public record Timings(
      String started,
      double manifest,
      double model,
      double predicting,
      double proving,
      double total,
      double regionsPerSecond) {}

  /** As JSON, for people and programs. */
  public String toJson() {
    try {
      return new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the run record cannot be written as JSON", e);
    }
  }
}
