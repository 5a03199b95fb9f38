package io.stoker.model;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of a model: its name, type and what is known of its shape.
 *
 * @param name what users call it: a signature's key, or a node's name
 * @param tensor the graph's name for it: {@code node:index}
 * @param type element type
 * @param shape dimensions, -1 where unknown; null where even the rank is unknown
 */
public record TensorSpec(String name, String tensor, DataType type, @Nullable List<Long> shape)
    implements Serializable {
  /** Shape and type as TensorFlow prints them: {@code [?, 224, 224, 3] float32}. */
  public String describe() {
    String dimensions =
        shape == null
            ? "[unknown rank]"
            : shape.stream()
                .map(size -> size < 0 ? "?" : size.toString())
                .collect(Collectors.joining(", ", "[", "]"));
    return dimensions + " " + type.label();
  }

  /** A shape from sizes. */
  public static List<Long> shapeOf(long... sizes) {
    return Arrays.stream(sizes).boxed().toList();
  }
}
