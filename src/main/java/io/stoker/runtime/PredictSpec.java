package io.stoker.runtime;

import io.stoker.model.ChannelOrder;
import io.stoker.model.ModelRequest;
import io.stoker.model.Normalization;
import io.stoker.model.Tail;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to predict with, and how: everything but the manifest and the output. Immutable and
 * serialisable. Make one with {@link #model}.
 *
 * @param modelLocation URI of the model: a frozen {@code GraphDef} or the folder of a SavedModel
 * @param request signature, input, fetches and feeds
 * @param input what the model takes
 * @param tail what is returned of the first fetch
 * @param vectors how outputs of more than one element are written
 * @param labels a name for each class, or empty
 * @param labelsLocation URI of a text file with the labels, one a line, where none are given
 * @param preprocess class name of a {@code RegionTransform} or {@code RegionLoader}, or null
 * @param resources batch, threads and memory
 * @param failures what the job tolerates
 * @param allowedUris prefixes that image URIs must have; empty allows all
 */
public record PredictSpec(
    String modelLocation,
    ModelRequest request,
    Input input,
    Tail tail,
    Vectors vectors,
    List<String> labels,
    @Nullable String labelsLocation,
    @Nullable String preprocess,
    Resources resources,
    Failures failures,
    List<String> allowedUris)
    implements Serializable {

  /** Begins a spec with every default. */
  public static Builder model(String location) {
    return new Builder(location);
  }

  /** The same with other labels. */
  public PredictSpec withLabels(List<String> names) {
    return new PredictSpec(
        modelLocation,
        request,
        input,
        tail,
        vectors,
        List.copyOf(names),
        labelsLocation,
        preprocess,
        resources,
        failures,
        allowedUris);
  }

  /** The same with other threads, memory or device. */
  public PredictSpec withResources(Resources other) {
    return new PredictSpec(
        modelLocation,
        request,
        input,
        tail,
        vectors,
        labels,
        labelsLocation,
        preprocess,
        other,
        failures,
        allowedUris);
  }

  /** What is done to a region's pixels before the model. */
  public enum BoxOutside {
    /** A box that reaches outside its image fails. */
    FAIL,
    /** It is cut at the image's border. */
    CLAMP,
    /** What lies outside is black. */
    PAD
  }

  /** How outputs of more than one element are written. */
  public enum Vectors {
    /** As arrays, for SQL. */
    ARRAY,
    /** As little-endian bytes, which are written several times as fast. */
    BINARY
  }

  /** Where the model runs. */
  public enum Device {
    AUTO,
    CPU,
    GPU,
    /** No device at all: {@link SimulatedPredictor}. */
    SIMULATED
  }

  /** In which the model computes; what goes in and comes out keeps its type. */
  public enum Precision {
    /** As the model says, on GPUs too. */
    FLOAT32,
    /** TensorFlow's default: on GPUs, products of float32 with 10 bits of mantissa. */
    TF32,
    /** On GPUs only: float16 wherever TensorFlow takes it for harmless. */
    FLOAT16,
    /** On CPUs only: bfloat16 wherever TensorFlow takes it for harmless. */
    BFLOAT16
  }

  /**
   * From a region's pixels to the model's input.
   *
   * @param size the model's input size where the model leaves it open, or null
   * @param normalization of the pixel values
   * @param channels order of the channels, or null: RGB, and BGR with {@link Normalization#CAFFE}
   * @param boxOutside what to do with boxes that reach outside
   */
  public record Input(
      @Nullable Size size,
      Normalization normalization,
      @Nullable ChannelOrder channels,
      BoxOutside boxOutside)
      implements Serializable {}

  /**
   * Batch, threads and memory of one executor. 0 means: choose.
   *
   * @param batch regions a run
   * @param decodeThreads threads that decode and resize
   * @param fetchAhead images being read at once
   * @param inFlight runs in flight
   * @param memoryBytes for batches, outputs, encoded and decoded images, off heap and on
   * @param device where the model runs
   * @param simulatedMillis what a batch takes on a simulated device, else 0
   * @param deterministic whether the device must give the same bits each time
   * @param precision in which the model computes
   * @param xla whether XLA compiles the model
   * @param autotune whether an executor measures its device at the start and chooses threads while
   *     it works, where they are not given
   * @param gpuMemoryFraction the share of a GPU's memory for the session, above 0 and up to 1; 0
   *     chooses
   * @param verifyParity how many regions each executor also predicts on the CPU in float32 without
   *     XLA, to compare; 0 for none
   */
  public record Resources(
      int batch,
      int decodeThreads,
      int fetchAhead,
      int inFlight,
      long memoryBytes,
      Device device,
      double simulatedMillis,
      boolean deterministic,
      Precision precision,
      boolean xla,
      boolean autotune,
      double gpuMemoryFraction,
      int verifyParity)
      implements Serializable {}

  /**
   * How many regions may fail: a share of all, or a count.
   *
   * @param limit percent (0 to 100) or a count
   * @param percent whether {@code limit} is a percentage
   */
  public record Failures(double limit, boolean percent) implements Serializable {
    /** 5 %. */
    public static final Failures DEFAULT = new Failures(5, true);

    /**
     * Reads {@code 5%} or {@code 200}.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    public static Failures parse(String text) {
      try {
        if (text.endsWith("%")) {
          double limit = Double.parseDouble(text.substring(0, text.length() - 1).strip());
          if (limit >= 0 && limit <= 100) {
            return new Failures(limit, true);
          }
        } else {
          long limit = Long.parseLong(text.strip());
          if (limit >= 0) {
            return new Failures(limit, false);
          }
        }
      } catch (NumberFormatException e) {
        // the message below serves all
      }
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is no failure limit, expected a count such as 200 or a share such as 5%");
    }

    /** Whether so many failures of so many regions are too many. */
    public boolean exceeded(long failed, long done) {
      return percent ? failed * 100.0 > limit * done : failed > limit;
    }

    @Override
    public String toString() {
      String number = limit == Math.rint(limit) ? Long.toString((long) limit) : "" + limit;
      return percent ? number + "%" : number;
    }
  }

  /** The channel order in force. */
  public ChannelOrder channelOrder() {
    ChannelOrder given = input.channels();
    if (given != null) {
      return given;
    }
    boolean caffe = input.normalization().name().equals(Normalization.CAFFE.name());
    return caffe ? ChannelOrder.BGR : ChannelOrder.RGB;
  }

  /** Builds a spec. Not thread-safe. */
  public static final class Builder {
    private final String modelLocation;
    private @Nullable String signature;
    private @Nullable String input;
    private final List<String> fetches = new ArrayList<>();
    private final Map<String, String> feeds = new LinkedHashMap<>();
    private boolean trusted;
    private @Nullable Size size;
    private Normalization normalization = Normalization.NONE;
    private @Nullable ChannelOrder channels;
    private BoxOutside boxOutside = BoxOutside.FAIL;
    private boolean softmax;
    private Tail.Reduction reduction = Tail.Reduction.NONE;
    private int k;
    private Vectors vectors = Vectors.ARRAY;
    private List<String> labels = List.of();
    private @Nullable String labelsLocation;
    private @Nullable String preprocess;
    private int batch;
    private int decodeThreads;
    private int fetchAhead;
    private int inFlight;
    private long memoryBytes;
    private Device device = Device.AUTO;
    private double simulatedMillis;
    private boolean deterministic;
    private Precision precision = Precision.TF32;
    private boolean xla;
    private boolean autotune = true;
    private double gpuMemoryFraction;
    private int verifyParity;
    private Failures failures = Failures.DEFAULT;
    private List<String> allowedUris = List.of();

    private Builder(String modelLocation) {
      this.modelLocation = modelLocation;
    }

    /** The SavedModel's signature. */
    public Builder signature(@Nullable String name) {
      signature = name;
      return this;
    }

    /** The image input, where the model has several. */
    public Builder input(@Nullable String name) {
      input = name;
      return this;
    }

    /** One more tensor to return; the first is what the tail works on. */
    public Builder fetch(String name) {
      fetches.add(name);
      return this;
    }

    /** A further input's constant value, as text. */
    public Builder feed(String name, String value) {
      feeds.put(name, value);
      return this;
    }

    /** Lets ops stay that touch files, network, processes or Python. */
    public Builder trustModel(boolean value) {
      trusted = value;
      return this;
    }

    /** The model's input size, where the model leaves it open. */
    public Builder inputSize(@Nullable Size value) {
      size = value;
      return this;
    }

    /** How pixel values are normalised. */
    public Builder normalize(Normalization value) {
      normalization = value;
      return this;
    }

    /** The model's channels. */
    public Builder channels(@Nullable ChannelOrder value) {
      channels = value;
      return this;
    }

    /** What to do with boxes that reach outside their image. */
    public Builder boxOutside(BoxOutside value) {
      boxOutside = value;
      return this;
    }

    /** Puts the first fetch through softmax. */
    public Builder softmax(boolean value) {
      softmax = value;
      return this;
    }

    /** Returns the class of the largest value only. */
    public Builder argmax() {
      reduction = Tail.Reduction.ARGMAX;
      k = 0;
      return this;
    }

    /** Returns the k largest values only. */
    public Builder topK(int classes) {
      reduction = Tail.Reduction.TOP_K;
      k = classes;
      return this;
    }

    /** How outputs of more than one element are written. */
    public Builder vectors(Vectors value) {
      vectors = value;
      return this;
    }

    /** A name for each class. */
    public Builder labels(List<String> names) {
      labels = List.copyOf(names);
      return this;
    }

    /** A text file with a name for each class, one a line, on any Hadoop file system. */
    public Builder labelsFile(@Nullable String uri) {
      labelsLocation = uri;
      return this;
    }

    /** Your own preprocessing. */
    public Builder preprocess(@Nullable String className) {
      preprocess = className;
      return this;
    }

    /** Regions a run; 0 chooses. */
    public Builder batch(int value) {
      batch = value;
      return this;
    }

    /** Threads that decode; 0 chooses. */
    public Builder decodeThreads(int value) {
      decodeThreads = value;
      return this;
    }

    /** Images being read at once; 0 chooses. */
    public Builder fetchAhead(int value) {
      fetchAhead = value;
      return this;
    }

    /** Runs in flight; 0 chooses. */
    public Builder inFlight(int value) {
      inFlight = value;
      return this;
    }

    /** Bytes for batches, outputs and images; 0 chooses. */
    public Builder memoryBytes(long value) {
      memoryBytes = value;
      return this;
    }

    /** Where the model runs. */
    public Builder device(Device value) {
      device = value;
      return this;
    }

    /**
     * Replaces the device by one that takes so many milliseconds a batch: {@link
     * SimulatedPredictor}.
     */
    public Builder simulated(double millisABatch) {
      device = Device.SIMULATED;
      simulatedMillis = millisABatch;
      return this;
    }

    /** Whether the device must give the same bits each time. */
    public Builder deterministic(boolean value) {
      deterministic = value;
      return this;
    }

    /** In which the model computes. */
    public Builder precision(Precision value) {
      precision = value;
      return this;
    }

    /** Whether XLA compiles the model, for batches of one size. */
    public Builder xla(boolean value) {
      xla = value;
      return this;
    }

    /** Whether executors try out and choose what is not given. */
    public Builder autotune(boolean value) {
      autotune = value;
      return this;
    }

    /** The share of a GPU's memory for the session, above 0 and up to 1; 0 chooses. */
    public Builder gpuMemoryFraction(double value) {
      gpuMemoryFraction = value;
      return this;
    }

    /** How many regions each executor also predicts on the CPU, in float32 without XLA. */
    public Builder verifyParity(int regions) {
      verifyParity = regions;
      return this;
    }

    /** How many regions may fail. */
    public Builder maxFailures(Failures value) {
      failures = value;
      return this;
    }

    /** Prefixes that image URIs must have. */
    public Builder allowedUris(List<String> prefixes) {
      allowedUris = List.copyOf(prefixes);
      return this;
    }

    /** The spec. */
    public PredictSpec build() {
      return new PredictSpec(
          modelLocation,
          new ModelRequest(signature, input, fetches, feeds, trusted),
          new Input(size, normalization, channels, boxOutside),
          new Tail(softmax, reduction, k),
          vectors,
          labels,
          labelsLocation,
          preprocess,
          new Resources(
              batch,
              decodeThreads,
              fetchAhead,
              inFlight,
              memoryBytes,
              device,
              simulatedMillis,
              deterministic,
              precision,
              xla,
              autotune,
              gpuMemoryFraction,
              verifyParity),
          failures,
          allowedUris);
    }
  }
}
