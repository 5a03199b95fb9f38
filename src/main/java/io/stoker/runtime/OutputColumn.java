package io.stoker.runtime;

import io.stoker.model.DataType;
import java.io.Serializable;

/**
 * A column of the output that comes from the model.
 *
 * @param name the column's name
 * @param kind how its value is made
 * @param type element type; {@link DataType#FLOAT32} for scores
 * @param output index into a result's outputs; for {@link Kind#TOP_K} the values, the indices being
 *     the next one
 */
public record OutputColumn(String name, Kind kind, DataType type, int output)
    implements Serializable {
  /** How a column's value is made of an output. */
  public enum Kind {
    /** One value. */
    SCALAR,
    /** {@code array<type>}. */
    VECTOR,
    /** {@code struct<shape array<int>, values array<type>>}. */
    TENSOR,
    /** The elements one after the other, as the model has them, little-endian: {@code binary}. */
    VECTOR_BYTES,
    /** {@code struct<shape array<int>, values binary>}, the values as in {@link #VECTOR_BYTES}. */
    TENSOR_BYTES,
    /** {@code array<struct<index int, label string, score float>>}, largest first. */
    TOP_K,
    /** The class: {@code int}. */
    CLASS,
    /** The name of the class whose index the output holds: {@code string}. */
    CLASS_LABEL,
    /** A class for each pixel, uint8, row-major: {@code binary}. */
    CLASS_MAP
  }
}
