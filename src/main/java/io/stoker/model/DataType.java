package io.stoker.model;

import java.util.Locale;

/** Element types of tensors, named and numbered as TensorFlow's {@code DataType} proto does. */
public enum DataType {
  FLOAT32(1, 4),
  FLOAT64(2, 8),
  INT32(3, 4),
  UINT8(4, 1),
  INT16(5, 2),
  INT8(6, 1),
  STRING(7, 0),
  INT64(9, 8),
  BOOL(10, 1),
  BFLOAT16(14, 2),
  UINT16(17, 2),
  FLOAT16(19, 2),
  UINT32(22, 4),
  UINT64(23, 8),
  /** Anything else (resources, variants, complex, quantised): never fed, never fetched. */
  OTHER(0, 0);

  private final int number;
  private final int bytes;

  DataType(int number, int bytes) {
    this.number = number;
    this.bytes = bytes;
  }

  /** TensorFlow's number, as in {@code types.proto}. */
  public int number() {
    return number;
  }

  /** Bytes of one element; 0 where elements have no fixed size. */
  public int bytes() {
    return bytes;
  }

  /** As TensorFlow writes it: {@code float32}, {@code uint8}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type with that number of TensorFlow's, or {@link #OTHER}. */
  public static DataType of(int number) {
    for (DataType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    return OTHER;
  }
}
