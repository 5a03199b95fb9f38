package io.stoker.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipInputStream;

/**
 * An array out of a NumPy file, in C order.
 *
 * @param dtype NumPy's name without the byte order: {@code f4}, {@code u1}, {@code b1}, {@code S12}
 * @param shape empty for a scalar
 * @param bytes the elements, little-endian, without the header
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">The
 *     format</a>
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; tests read the arrays
public record Npy(String dtype, long[] shape, byte[] bytes) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern DESCR =
      Pattern.compile("'descr'\\s*:\\s*'([<>|=])([biufcSV])(\\d+)'");
  private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");

  /** Reads an {@code .npy} file. */
  public static Npy read(Path file) throws IOException {
    return parse(Files.readAllBytes(file), file.toString());
  }

  /** Reads an {@code .npz} archive: its arrays by name, in the archive's order. */
  public static Map<String, Npy> readAll(Path archive) throws IOException {
    var arrays = new LinkedHashMap<String, Npy>();
    try (var zip = new ZipInputStream(Files.newInputStream(archive))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        var name = entry.getName();
        arrays.put(
            name.endsWith(".npy") ? name.substring(0, name.length() - 4) : name,
            parse(zip.readAllBytes(), archive + "!" + name));
      }
    }
    return arrays;
  }

  private static Npy parse(byte[] file, String name) throws IOException {
    if (file.length < 10 || !Arrays.equals(file, 0, 6, MAGIC, 0, 6)) {
      throw new IOException(name + " is no NumPy file");
    }
    var buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    // Version 1 has a header length of two bytes, versions 2 and 3 one of four.
    int start = file[6] == 1 ? 10 : 12;
    int length = file[6] == 1 ? buffer.getShort(8) & 0xffff : buffer.getInt(8);
    var header = new String(file, start, length, StandardCharsets.UTF_8);

    var descr = find(DESCR, header, name);
    if (find(FORTRAN, header, name).group(1).equals("True")) {
      throw new IOException(name + " is in Fortran order, expected C order");
    }
    int size = Integer.parseInt(descr.group(3));
    if (descr.group(1).equals(">") && size > 1) {
      throw new IOException(name + " is big-endian, expected little-endian");
    }
    long[] shape =
        Arrays.stream(find(SHAPE, header, name).group(1).split(","))
            .map(String::strip)
            .filter(axis -> !axis.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();
    var bytes = Arrays.copyOfRange(file, start + length, file.length);
    var array = new Npy(descr.group(2) + descr.group(3), shape, bytes);
    if (bytes.length != array.count() * size) {
      throw new IOException(
          "%s has %d bytes of data, expected %d of %d bytes"
              .formatted(name, bytes.length, array.count(), size));
    }
    return array;
  }

  private static Matcher find(Pattern pattern, String header, String name) throws IOException {
    var matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw new IOException(name + " has the header " + header + ", expected " + pattern);
    }
    return matcher;
  }

  /** How many elements it has: 1 for a scalar. */
  public int count() {
    return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
  }

  /** The elements' bytes, little-endian, read only. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The elements as floats; double and long lose what a float cannot hold. */
  public float[] floats() {
    var doubles = doubles();
    var floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
  }

  /** The elements as doubles; a 64-bit integer loses what a double cannot hold. */
  public double[] doubles() {
    var values = new double[count()];
    var buffer = buffer();
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (dtype) {
            case "f2" -> half(buffer.getShort(2 * i));
            case "f4" -> buffer.getFloat(4 * i);
            case "f8" -> buffer.getDouble(8 * i);
            default -> integer(buffer, i);
          };
    }
    return values;
  }

  /** The elements as longs; a bool is 0 or 1. */
  public long[] longs() {
    var values = new long[count()];
    var buffer = buffer();
    for (int i = 0; i < values.length; i++) {
      values[i] = integer(buffer, i);
    }
    return values;
  }

  /** The elements of an {@code S} array, each without the zeros that fill it up. */
  public byte[][] strings() {
    if (!dtype.startsWith("S")) {
      throw new IllegalStateException("dtype is " + dtype + ", expected S");
    }
    int size = Integer.parseInt(dtype.substring(1));
    var values = new byte[count()][];
    for (int i = 0; i < values.length; i++) {
      int end = (i + 1) * size;
      while (end > i * size && bytes[end - 1] == 0) {
        end--;
      }
      values[i] = Arrays.copyOfRange(bytes, i * size, end);
    }
    return values;
  }

  private long integer(ByteBuffer buffer, int i) {
    return switch (dtype) {
      case "b1", "u1" -> buffer.get(i) & 0xff;
      case "i1" -> buffer.get(i);
      case "u2" -> buffer.getShort(2 * i) & 0xffff;
      case "i2" -> buffer.getShort(2 * i);
      case "u4" -> buffer.getInt(4 * i) & 0xffffffffL;
      case "i4" -> buffer.getInt(4 * i);
      case "i8", "u8" -> buffer.getLong(8 * i); // u8 above 2^63 - 1 turns negative, as in Java
      default -> throw new IllegalStateException("dtype is " + dtype + ", expected a number");
    };
  }

  /** IEEE 754 binary16; Java has a conversion from release 20 on. */
  private static float half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude =
        switch (exponent) {
          case 0 -> Math.scalb((float) fraction, -24);
          case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Math.scalb(1024f + fraction, exponent - 25);
        };
    return bits < 0 ? -magnitude : magnitude;
  }
}
