package io.stoker.tensorflow;

import io.stoker.image.ImageException;
import io.stoker.image.ImageHeader;
import io.stoker.region.Failure.Reason;
import io.stoker.tensorflow.PrefixReader.NeedsMoreException;
import java.util.Arrays;
import java.util.Optional;

/** What PNG files say of themselves (W3C's Portable Network Graphics, third edition). */
final class Png {
  static final String FORMAT = "png";

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int IHDR = 0x49484452;
  private static final int CGBI = 0x43674249;
  private static final int IEND = 0x49454e44;
  private static final int IHDR_BYTES = 13;

  /** TensorFlow's op refuses sides and areas of this many pixels and more. */
  private static final long OP_SIDE = 1L << 27;

  private static final long OP_PIXELS = 1L << 29;

  private Png() {}

  static boolean accepts(byte[] prefix, int length) {
    return length >= SIGNATURE.length
        && Arrays.equals(prefix, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
  }

  /** As {@link io.stoker.image.ImageDecoder#header}; the header is the first 33 bytes. */
  static Optional<ImageHeader> header(byte[] prefix, int length) throws ImageException {
    try {
      return Optional.of(header(new PrefixReader(prefix, length, SIGNATURE.length)));
    } catch (NeedsMoreException e) {
      return Optional.empty();
    }
  }

  private static ImageHeader header(PrefixReader reader) throws ImageException, NeedsMoreException {
    int length = reader.int32();
    int type = reader.int32();
    if (type == CGBI) {
      throw new ImageException(
          Reason.UNSUPPORTED, "PNG in Apple's own dialect (CgBI) is not supported");
    }
    if (type != IHDR || length != IHDR_BYTES) {
      throw new ImageException(Reason.CORRUPT, "PNG does not begin with its header (IHDR)");
    }
    int width = reader.int32();
    int height = reader.int32();
    int bits = reader.uint8();
    int color = reader.uint8();
    reader.skip(2); // compression and filter: one of each
    boolean interlaced = reader.uint8() != 0;
    reader.skip(4); // checksum, for the codec to check
    if (width < 1 || height < 1) {
      throw new ImageException(
          Reason.CORRUPT,
          "PNG header says "
              + Integer.toUnsignedString(width)
              + "x"
              + Integer.toUnsignedString(height)
              + " pixels");
    }
    if (!isDepth(bits, color)) {
      throw new ImageException(
          Reason.CORRUPT, "PNG header says colour type " + color + " of " + bits + " bits");
    }
    long pixels = (long) width * height;
    // The decoded tensor must fit into one buffer.
    if (width >= OP_SIDE
        || height >= OP_SIDE
        || pixels >= OP_PIXELS
        || pixels * tensorPixelBytes(bits) > Integer.MAX_VALUE) {
      throw new ImageException(
          Reason.TOO_MANY_PIXELS,
          width
              + "x"
              + height
              + " pixels of "
              + bits
              + " bits; PNG decoding takes up to "
              + Math.min(OP_PIXELS - 1, Integer.MAX_VALUE / tensorPixelBytes(bits)));
    }
    return new ImageHeader(FORMAT, width, height, channels(color), !interlaced, false, bits);
  }

  private static boolean isDepth(int bits, int color) {
    return switch (color) {
      case 0 -> bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16;
      case 3 -> bits == 1 || bits == 2 || bits == 4 || bits == 8;
      case 2, 4, 6 -> bits == 8 || bits == 16;
      default -> false;
    };
  }

  private static int channels(int color) {
    return switch (color) {
      case 2 -> 3;
      case 4 -> 2;
      case 6 -> 4;
      default -> 1; // gray, palette
    };
  }

  /** Bytes of a pixel as TensorFlow decodes it: three samples of 8 or 16 bits. */
  private static int tensorPixelBytes(int bits) {
    return bits > 8 ? 6 : 3;
  }

  /** As {@link io.stoker.image.ImageDecoder#decodeBytes}; always the whole image. */
  static long decodeBytes(ImageHeader header) {
    // Two rows of up to four 16-bit samples, inflation's window, what libpng keeps of the chunks.
    long codec = 16L * header.width() + (1 << 20);
    return header.pixels() * tensorPixelBytes(header.bits()) + codec;
  }

  /** Whether the file has its last chunk. */
  static boolean isComplete(byte[] encoded, int length) {
    try {
      var reader = new PrefixReader(encoded, length, SIGNATURE.length);
      while (true) {
        int bytes = reader.int32();
        int type = reader.int32();
        if (bytes < 0) {
          return true; // no chunk is so long: damaged rather than cut
        }
        reader.skip(bytes);
        reader.skip(4);
        if (type == IEND) {
          return true;
        }
      }
    } catch (NeedsMoreException e) {
      return false;
    }
  }
}
