package io.stoker.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was measured.
 *
 * @param date when, UTC
 * @param device what ran the model, as it calls itself
 * @param simulated whether there was no device at all
 * @param cores that were used
 * @param decodeThreads of each strategy; the decode ceiling takes all cores
 * @param regions in a pass
 * @param images opened in a pass
 * @param batch regions a run
 * @param slot what a region is on its way to the device
 * @param rounds how often each was timed, in turns
 * @param versions of Java, TensorFlow and Spark
 * @param rows in the order of {@link Bench#STRATEGIES}
 */
public record BenchReport(
    String date,
    String device,
    boolean simulated,
    int cores,
    @JsonProperty("decode_threads") int decodeThreads,
    int regions,
    int images,
    int batch,
    String slot,
    int rounds,
    Map<String, String> versions,
    List<Row> rows) {
  /**
   * One strategy. Medians over the rounds; a share that nobody can know is null.
   *
   * @param strategy its name
   * @param regions in its pass
   * @param imagesPerSecond regions a second: each is an image to the model
   * @param passes of each round
   * @param deviceBusyPercent of the time
   * @param starvationPercent the rest of it
   * @param cpuPercent of all cores
   * @param peakMib of the process's resident set
   * @param ofFeed how many times as fast as {@code feed}, if that was measured
   * @param ofCeiling the share of the slower ceiling's rate, if both were measured
   */
  public record Row(
      String strategy,
      int regions,
      @JsonProperty("images_per_second") double imagesPerSecond,
      List<Double> passes,
      @JsonProperty("device_busy_percent") @Nullable Double deviceBusyPercent,
      @JsonProperty("starvation_percent") @Nullable Double starvationPercent,
      @JsonProperty("cpu_percent") double cpuPercent,
      @JsonProperty("peak_mib") long peakMib,
      @JsonProperty("of_feed") @Nullable Double ofFeed,
      @JsonProperty("of_ceiling") @Nullable Double ofCeiling) {}

  /** As JSON. */
  public String json() {
    try {
      return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of numbers and texts", e);
    }
  }
}
