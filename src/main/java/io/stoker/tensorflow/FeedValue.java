package io.stoker.tensorflow;

import com.google.protobuf.ByteString;
import io.stoker.model.DataType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.TensorProto;

/**
 * A value that a user wrote for an input: a number, {@code true} or {@code false}, a string, or a
 * list of such, nested as deep as the input has dimensions: {@code 0.5}, {@code [1, 2]}, {@code
 * [[1, 0], [0, 1]]}. Strings need quotes only in lists and where they would read as a list.
 *
 * @param shape sizes of the nested lists, empty for a single value
 * @param words the single values, row-major, without their quotes
 */
record FeedValue(List<Long> shape, List<String> words) {
  private static final int MAX_RANK = 8;

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException saying where it cannot be read
   */
  static FeedValue parse(String text) {
    String trimmed = text.strip();
    if (!trimmed.startsWith("[") && !trimmed.startsWith("\"")) {
      return new FeedValue(List.of(), List.of(trimmed));
    }
    return new Reader(trimmed).read();
  }

  /** Whether a tensor of a known or partly known shape may have this value's shape. */
  boolean fits(@Nullable List<Long> wanted) {
    if (wanted == null) {
      return true;
    }
    return wanted.size() == shape.size() && endsLike(wanted);
  }

  /** Whether a batch of these values would fit: {@code [?, 3]} takes {@code [1, 2, 3]} for each. */
  boolean fitsOneOfBatch(@Nullable List<Long> wanted) {
    return wanted != null
        && wanted.size() == shape.size() + 1
        && wanted.get(0) < 0
        && endsLike(wanted.subList(1, wanted.size()));
  }

  private boolean endsLike(List<Long> wanted) {
    for (int i = 0; i < shape.size(); i++) {
      if (wanted.get(i) >= 0 && !wanted.get(i).equals(shape.get(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The value in a tensor's type. Half-precision floats come as float32, for a cast to follow.
   *
   * @throws IllegalArgumentException naming the word that is no such value
   */
  TensorProto tensor(DataType type) {
    DataType stored =
        type == DataType.FLOAT16 || type == DataType.BFLOAT16 ? DataType.FLOAT32 : type;
    var tensor =
        TensorProto.newBuilder()
            .setDtypeValue(stored.number())
            .setTensorShape(Nodes.shape(shape.stream().mapToLong(Long::longValue).toArray()));
    for (String word : words) {
      try {
        add(tensor, stored, word);
      } catch (ArithmeticException | NumberFormatException e) {
        throw new IllegalArgumentException("'" + word + "' is no " + type.label() + " value", e);
      }
    }
    return tensor.build();
  }

  private static void add(TensorProto.Builder tensor, DataType type, String word) {
    switch (type) {
      case FLOAT32 -> tensor.addFloatVal(Float.parseFloat(number(word)));
      case FLOAT64 -> tensor.addDoubleVal(Double.parseDouble(number(word)));
      case BOOL -> tensor.addBoolVal(bool(word));
      case STRING -> tensor.addStringVal(ByteString.copyFromUtf8(word));
      case INT8 -> tensor.addIntVal((int) integer(word, -128, 127));
      case UINT8 -> tensor.addIntVal((int) integer(word, 0, 255));
      case INT16 -> tensor.addIntVal((int) integer(word, Short.MIN_VALUE, Short.MAX_VALUE));
      case UINT16 -> tensor.addIntVal((int) integer(word, 0, 65_535));
      case INT32 -> tensor.addIntVal((int) integer(word, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case INT64 -> tensor.addInt64Val(integer(word, Long.MIN_VALUE, Long.MAX_VALUE));
      case UINT32 -> tensor.addUint32Val((int) integer(word, 0, 0xffff_ffffL));
      case UINT64 -> tensor.addUint64Val(unsigned(word));
      default ->
          throw new IllegalArgumentException("an input of this type cannot be fed: it is a handle");
    }
  }

  /** Java's letters after a number, and its hexadecimal floats, are no numbers here. */
  private static String number(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "nan" -> "NaN";
      case "inf", "+inf", "infinity" -> "Infinity";
      case "-inf", "-infinity" -> "-Infinity";
      default -> new BigDecimal(word).toString();
    };
  }

  private static boolean bool(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw new NumberFormatException(word);
    };
  }

  private static long integer(String word, long min, long max) {
    long value = new BigDecimal(word).longValueExact();
    if (value < min || value > max) {
      throw new ArithmeticException(word);
    }
    return value;
  }

  private static long unsigned(String word) {
    BigInteger value = new BigDecimal(word).toBigIntegerExact();
    if (value.signum() < 0 || value.bitLength() > 64) {
      throw new ArithmeticException(word);
    }
    return value.longValue();
  }

  /** Reads nested lists. */
  private static final class Reader {
    private final String text;
    private final List<String> words = new ArrayList<>();
    private int position;

    Reader(String text) {
      this.text = text;
    }

    FeedValue read() {
      List<Long> shape = value(0);
      if (position < text.length()) {
        throw unexpected("the end");
      }
      return new FeedValue(shape, List.copyOf(words));
    }

    /** Reads one value and tells its shape. */
    private List<Long> value(int depth) {
      if (depth > MAX_RANK) {
        throw new IllegalArgumentException("lists nested deeper than " + MAX_RANK);
      }
      if (peek() != '[') {
        words.add(peek() == '"' ? quoted() : bare());
        skipSpace();
        return List.of();
      }
      position++;
      skipSpace();
      long count = 0;
      List<Long> inner = List.of();
      while (peek() != ']') {
        if (count > 0) {
          expect(',');
        }
        List<Long> next = value(depth + 1);
        if (count > 0 && !next.equals(inner)) {
          throw new IllegalArgumentException(
              "lists of one level differ in length, before position " + (position + 1));
        }
        inner = next;
        count++;
      }
      expect(']');
      var shape = new ArrayList<Long>();
      shape.add(count);
      shape.addAll(inner);
      return shape;
    }

    private String quoted() {
      var word = new StringBuilder();
      position++;
      while (peek() != '"') {
        if (peek() == '\\') {
          position++;
        }
        word.append(peek());
        position++;
      }
      position++;
      return word.toString();
    }

    private String bare() {
      int start = position;
      while (position < text.length() && ",[]\"".indexOf(text.charAt(position)) < 0) {
        position++;
      }
      String word = text.substring(start, position).strip();
      if (word.isEmpty()) {
        throw unexpected("a value");
      }
      return word;
    }

    private void expect(char letter) {
      if (peek() != letter) {
        throw unexpected("'" + letter + "'");
      }
      position++;
      skipSpace();
    }

    private void skipSpace() {
      while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
        position++;
      }
    }

    private char peek() {
      if (position >= text.length()) {
        throw new IllegalArgumentException("it ends within a list or string");
      }
      return text.charAt(position);
    }

    private IllegalArgumentException unexpected(String wanted) {
      return new IllegalArgumentException(
          "expected " + wanted + " at position " + (position + 1) + " of " + text);
    }
  }
}
