package io.stoker.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a model's image input lies in memory: {@code [batch, height, width, channels]}, or {@code
 * [batch, channels, height, width]}.
 *
 * @param channelsFirst whether channels come before rows
 * @param height rows, or -1 where the model takes any
 * @param width columns, or -1 where the model takes any
 * @param channels channels, or -1 where the model does not say
 * @param fixedBatch the only batch size that the model takes, or 0 for any
 */
public record InputLayout(
    boolean channelsFirst, int height, int width, int channels, int fixedBatch) {
  /** Above this, a dimension that could be channels is taken for rows or columns. */
  private static final int MOST_CHANNELS = 16;

  /**
   * Reads a layout from an input's shape. A last dimension of 1 or 3 is taken for channels; else a
   * second one of 1 or 3; else the second if it is the only small one; else the last.
   *
   * @throws ModelException if no image fits the shape or type, saying what would
   */
  public static InputLayout of(TensorSpec input) throws ModelException {
    if (!takesPixels(input.type())) {
      throw refused(
          input,
          input.type() == DataType.STRING
              ? "takes strings (encoded files or records), not pixels; name a tensor behind its"
                  + " decoding with --input"
              : "takes no numbers that pixels could become");
    }
    List<Long> shape = input.shape();
    if (shape == null) {
      return new InputLayout(false, -1, -1, -1, 0);
    }
    if (shape.size() != 4) {
      throw refused(input, rankProblem(shape.size()));
    }
    for (long size : shape) {
      if (size == 0 || size > Integer.MAX_VALUE) {
        throw refused(input, "has a dimension of " + size);
      }
    }
    int batch = Math.max(0, shape.get(0).intValue());
    int second = shape.get(1).intValue();
    int third = shape.get(2).intValue();
    int last = shape.get(3).intValue();
    return isChannelsFirst(second, third, last)
        ? new InputLayout(true, third, last, second, batch)
        : new InputLayout(false, second, third, last, batch);
  }

  /** Whether a tensor of this type and what is known of its shape could be an image input. */
  public static boolean couldBeImage(DataType type, @Nullable List<Long> shape) {
    return takesPixels(type) && (shape == null || shape.size() == 4);
  }

  private static boolean takesPixels(DataType type) {
    return switch (type) {
      case FLOAT32, FLOAT64, FLOAT16, BFLOAT16, UINT8, INT8, INT16, UINT16, INT32, INT64 -> true;
      default -> false;
    };
  }

  private static boolean isChannelsFirst(int second, int third, int last) {
    if (last == 1 || last == 3) {
      return false;
    }
    if (second == 1 || second == 3) {
      return true;
    }
    return isSmall(second) && !isSmall(third) && last > MOST_CHANNELS;
  }

  private static boolean isSmall(int size) {
    return size > 0 && size <= MOST_CHANNELS;
  }

  private static String rankProblem(int rank) {
    String expected = "expected [batch, height, width, channels]";
    return switch (rank) {
      case 2 -> "takes flat vectors, " + expected + "; export the model with the image's own shape";
      case 3 -> "has no batch dimension, or no channels, " + expected;
      default -> "has " + rank + " dimensions, " + expected;
    };
  }

  private static ModelException refused(TensorSpec input, String why) {
    return new ModelException(
        "input " + input.name() + " cannot take images: it is " + input.describe() + " and " + why);
  }
}
