package io.stoker.cli;

import io.stoker.model.Normalization;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.Size;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads one flag's value. Picocli puts the flag's name before the message, so that says what was
 * given and what is expected.
 */
abstract class Converter<T> implements ITypeConverter<T> {
  /**
   * @throws IllegalArgumentException if the text is no such value; the message quotes it
   */
  abstract T parse(String text);

  @Override
  public final T convert(String text) {
    try {
      return parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  /** A whole number from 1. */
  static final class Count extends Converter<Integer> {
    @Override
    Integer parse(String text) {
      try {
        int count = Integer.parseInt(text);
        if (count >= 1) {
          return count;
        }
      } catch (NumberFormatException e) {
        // the message below serves both
      }
      throw new IllegalArgumentException(
          "\"" + text + "\", expected a whole number from 1 to " + Integer.MAX_VALUE);
    }
  }

  /** A number above 0 and up to 1. */
  static final class Share extends Converter<Double> {
    @Override
    Double parse(String text) {
      try {
        double share = Double.parseDouble(text);
        if (share > 0 && share <= 1) {
          return share;
        }
      } catch (NumberFormatException e) {
        // the message below serves both
      }
      throw new IllegalArgumentException(
          "\"" + text + "\", expected a number above 0 and up to 1, such as 0.5");
    }
  }

  /** {@code 224} or {@code 224x320}. */
  static final class InputSize extends Converter<Size> {
    @Override
    Size parse(String text) {
      return Size.parse(text);
    }
  }

  /** {@code 200} or {@code 5%}. */
  static final class Limit extends Converter<PredictSpec.Failures> {
    @Override
    PredictSpec.Failures parse(String text) {
      return PredictSpec.Failures.parse(text);
    }
  }

  /** {@code 512m}, {@code 8g}: bytes, by powers of 1024. */
  static final class Bytes extends Converter<Long> {
    // A bare number would be bytes to some and mebibytes to others (as in Spark): the unit is asked
    // for.
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,12})([kmgt])b?");

    @Override
    Long parse(String text) {
      Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
      if (form.matches()) {
        int shift = 10 * (1 + "kmgt".indexOf(form.group(2)));
        long number = Long.parseLong(form.group(1));
        if (number <= Long.MAX_VALUE >> shift) {
          return number << shift;
        }
      }
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is no amount of memory, expected a number and its unit such as 512m"
              + " or 8g");
    }
  }

  /** One of the names of an enum, in lower case. */
  abstract static class Choice<E extends Enum<E>> extends Converter<E> {
    private final Class<E> type;

    Choice(Class<E> type) {
      this.type = type;
    }

    @Override
    E parse(String text) {
      for (E value : type.getEnumConstants()) {
        if (value.name().equalsIgnoreCase(text)) {
          return value;
        }
      }
      throw new IllegalArgumentException(
          "\""
              + text
              + "\", expected one of "
              + Arrays.stream(type.getEnumConstants())
                  .map(value -> value.name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", ")));
    }
  }

  /** {@code fail}, {@code clamp}, {@code pad}. */
  static final class BoxOutside extends Choice<PredictSpec.BoxOutside> {
    BoxOutside() {
      super(PredictSpec.BoxOutside.class);
    }
  }

  /**
   * Where a model runs.
   *
   * @param simulatedMillis a batch, on a simulated device; else 0
   */
  record DeviceChoice(PredictSpec.Device device, double simulatedMillis) {
    static final DeviceChoice AUTO = new DeviceChoice(PredictSpec.Device.AUTO, 0);

    void apply(PredictSpec.Builder spec) {
      if (device == PredictSpec.Device.SIMULATED) {
        spec.simulated(simulatedMillis);
      } else {
        spec.device(device);
      }
    }
  }

  /** {@code auto}, {@code cpu}, {@code gpu}, {@code simulated:MS}. */
  static final class Device extends Converter<DeviceChoice> {
    private static final String SIMULATED = "simulated:";

    @Override
    DeviceChoice parse(String text) {
      String name = text.toLowerCase(Locale.ROOT);
      if (name.startsWith(SIMULATED)) {
        try {
          double millis = Double.parseDouble(name.substring(SIMULATED.length()));
          if (millis > 0 && Double.isFinite(millis)) {
            return new DeviceChoice(PredictSpec.Device.SIMULATED, millis);
          }
        } catch (NumberFormatException e) {
          // the message below serves both
        }
      }
      return switch (name) {
        case "auto" -> DeviceChoice.AUTO;
        case "cpu" -> new DeviceChoice(PredictSpec.Device.CPU, 0);
        case "gpu" -> new DeviceChoice(PredictSpec.Device.GPU, 0);
        default ->
            throw new IllegalArgumentException(
                "\""
                    + text
                    + "\", expected auto, cpu, gpu, or simulated:MS with the milliseconds that a"
                    + " batch takes, such as simulated:20");
      };
    }
  }

  /** {@code float32}, {@code tf32}, {@code float16}, {@code bfloat16}. */
  static final class Precision extends Choice<PredictSpec.Precision> {
    Precision() {
      super(PredictSpec.Precision.class);
    }
  }

  /** {@code on}, {@code off}. */
  static final class OnOff extends Converter<Boolean> {
    @Override
    Boolean parse(String text) {
      if (!text.equals("on") && !text.equals("off")) {
        throw new IllegalArgumentException("\"" + text + "\", expected on or off");
      }
      return text.equals("on");
    }
  }

  /** {@code rgb}, {@code bgr}, {@code gray}. */
  static final class ChannelOrder extends Choice<io.stoker.model.ChannelOrder> {
    ChannelOrder() {
      super(io.stoker.model.ChannelOrder.class);
    }
  }

  /** A named normalisation, or {@code MEAN/STD}. */
  static final class Normalize extends Converter<Normalization> {
    private static final Normalization[] NAMED = {
      Normalization.NONE,
      Normalization.UNIT,
      Normalization.MINUS_ONE_ONE,
      Normalization.CAFFE,
      Normalization.TORCH
    };

    @Override
    Normalization parse(String text) {
      if (text.equalsIgnoreCase("tf")) {
        return Normalization.MINUS_ONE_ONE; // Keras's name for it
      }
      for (Normalization normalization : NAMED) {
        if (normalization.name().equalsIgnoreCase(text)) {
          return normalization;
        }
      }
      String[] sides = text.split("/", -1);
      if (sides.length == 2) {
        float[] mean = channels(sides[0]);
        float[] std = channels(sides[1]);
        if (mean.length == 3 && std.length == 3 && allPositive(std)) {
          return new Normalization(text, 1, mean, std);
        }
      }
      throw new IllegalArgumentException(
          "\""
              + text
              + "\", expected none, unit, minus-one-one or tf, caffe, torch, or MEAN/STD on the scale 0 to"
              + " 255, one or three finite numbers each and STD above 0, such as 127.5/127.5 or"
              + " 123.7,116.3,103.5/58.4,57.1,57.4, which gives (value - MEAN) / STD");
    }

    /** Three values; one given value counts for all channels; no values if the text has a fault. */
    private static float[] channels(String text) {
      String[] parts = text.split(",", -1);
      float[] values = new float[3];
      try {
        for (int channel = 0; channel < values.length; channel++) {
          values[channel] = Float.parseFloat(parts[parts.length == 1 ? 0 : channel].strip());
        }
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        return new float[0];
      }
      boolean finite = true;
      for (float value : values) {
        finite &= Float.isFinite(value);
      }
      return finite && (parts.length == 1 || parts.length == 3) ? values : new float[0];
    }

    private static boolean allPositive(float[] values) {
      for (float value : values) {
        if (value <= 0) {
          return false;
        }
      }
      return true;
    }
  }
}
