package io.stoker.tensorflow;

import io.stoker.image.ImageException;
import io.stoker.image.ImageHeader;
import io.stoker.region.Box;
import io.stoker.region.Failure.Reason;
import io.stoker.tensorflow.PrefixReader.NeedsMoreException;
import java.util.Optional;

/**
 * What JPEG files say of themselves (ITU-T T.81, annex B).
 *
 * <p>Markers are found exactly as libjpeg finds them, so that the size that was checked is the size
 * that will be decoded.
 */
final class Jpeg {
  static final String FORMAT = "jpeg";

  // Markers; each follows a byte 0xff.
  private static final int TEM = 0x01;
  private static final int SOF0 = 0xc0;
  private static final int SOF1 = 0xc1;
  private static final int SOF2 = 0xc2;
  private static final int DHT = 0xc4;
  private static final int JPG = 0xc8;
  private static final int DAC = 0xcc;
  private static final int SOF15 = 0xcf;
  private static final int RST0 = 0xd0;
  private static final int RST7 = 0xd7;
  private static final int SOI = 0xd8;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int DQT = 0xdb;
  private static final int DNL = 0xdc;
  private static final int DRI = 0xdd;
  private static final int APP0 = 0xe0;
  private static final int APP15 = 0xef;
  private static final int COM = 0xfe;

  /** Columns beside a window that chroma upsampling may look at: one sample of up to 4 columns. */
  private static final int MARGIN = 4;

  /** libjpeg's JPEG_MAX_DIMENSION. */
  private static final int MAX_SIDE = 65_500;

  /** TensorFlow's op refuses images of this many decoded bytes and more. */
  private static final long OP_BYTES = 1L << 29;

  private Jpeg() {}

  static boolean accepts(byte[] prefix, int length) {
    return length >= 3
        && prefix[0] == (byte) 0xff
        && prefix[1] == (byte) SOI
        && prefix[2] == (byte) 0xff;
  }

  /** As {@link io.stoker.image.ImageDecoder#header}; reads up to the first scan. */
  static Optional<ImageHeader> header(byte[] prefix, int length) throws ImageException {
    try {
      return Optional.of(walk(new PrefixReader(prefix, length, 2)));
    } catch (NeedsMoreException e) {
      return Optional.empty();
    }
  }

  private static ImageHeader walk(PrefixReader reader) throws ImageException, NeedsMoreException {
    Frame frame = null;
    while (true) {
      int marker = nextMarker(reader);
      if (marker == TEM || (marker >= RST0 && marker <= RST7)) {
        continue; // stands alone
      }
      if (marker == SOS) {
        if (frame == null) {
          throw corrupt("a scan before the frame's header", reader);
        }
        return header(frame, reader);
      }
      if (isFrame(marker)) {
        if (frame != null) {
          throw corrupt("a second frame", reader);
        }
        frame = frame(marker, reader);
      } else {
        skipSegment(marker, reader);
      }
    }
  }

  /** Like libjpeg, passes over anything up to 0xff and something that is neither 0xff nor 0. */
  private static int nextMarker(PrefixReader reader) throws NeedsMoreException {
    while (true) {
      while (reader.uint8() != 0xff) {
        // garbage between segments
      }
      int marker = reader.uint8();
      while (marker == 0xff) {
        marker = reader.uint8(); // fill bytes
      }
      if (marker != 0) {
        return marker;
      }
    }
  }

  private static boolean isFrame(int marker) {
    return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
  }

  private static void skipSegment(int marker, PrefixReader reader)
      throws ImageException, NeedsMoreException {
    boolean known =
        (marker >= APP0 && marker <= APP15)
            || marker == COM
            || marker == DQT
            || marker == DHT
            || marker == DRI
            || marker == DAC
            || marker == DNL;
    if (!known) {
      String what =
          marker == EOI ? "the end of the image before its frame" : "an unexpected marker";
      throw corrupt(what + " (0x" + Integer.toHexString(0xff00 | marker) + ")", reader);
    }
    int length = reader.uint16();
    if (length < 2) {
      throw corrupt("a segment of length " + length, reader);
    }
    reader.skip(length - 2);
  }

  /** What SOFn says. */
  private record Frame(int width, int height, int components, boolean progressive) {}

  private static Frame frame(int marker, PrefixReader reader)
      throws ImageException, NeedsMoreException {
    if (marker != SOF0 && marker != SOF1 && marker != SOF2) {
      throw unsupported(process(marker) + " JPEG");
    }
    int length = reader.uint16();
    int precision = reader.uint8();
    int height = reader.uint16();
    int width = reader.uint16();
    int components = reader.uint8();
    if (precision != 8) {
      throw unsupported("JPEG of " + precision + " bits a sample");
    }
    if (height == 0) {
      throw unsupported("JPEG whose height comes behind its first scan (DNL)");
    }
    if (width == 0 || components == 0 || length != 8 + 3 * components) {
      throw corrupt("a frame of width " + width + " with " + components + " components", reader);
    }
    if (components == 4) {
      throw unsupported("JPEG of four components (CMYK or YCCK)");
    }
    if (components != 1 && components != 3) {
      throw unsupported("JPEG of " + components + " components");
    }
    if (width > MAX_SIDE || height > MAX_SIDE || 3L * width * height >= OP_BYTES) {
      throw new ImageException(
          Reason.TOO_MANY_PIXELS,
          width
              + "x"
              + height
              + " pixels; JPEG decoding takes up to "
              + MAX_SIDE
              + " a side and "
              + (OP_BYTES - 1) / 3
              + " in all");
    }
    reader.skip(3 * components);
    return new Frame(width, height, components, marker == SOF2);
  }

  private static String process(int marker) {
    return switch (marker) {
      case 0xc3 -> "lossless";
      case 0xc5, 0xc6, 0xc7 -> "hierarchical";
      case 0xc9, 0xca -> "arithmetic-coded";
      case 0xcb -> "lossless arithmetic-coded";
      default -> "hierarchical arithmetic-coded";
    };
  }

  private static ImageHeader header(Frame frame, PrefixReader reader) throws NeedsMoreException {
    reader.skip(2); // the segment's length
    // One scan with all components can be decoded row by row; several must be collected first.
    boolean sequential = !frame.progressive() && reader.uint8() == frame.components();
    return new ImageHeader(
        FORMAT, frame.width(), frame.height(), frame.components(), sequential, sequential);
  }

  /**
   * What to ask the crop op for, so that a window's pixels are those of the whole image: libjpeg
   * does not look beyond the columns it is asked for, so that those at the border lack a neighbour
   * when chroma is upsampled. Rows have theirs.
   */
  static Box widened(ImageHeader header, Box window) {
    int left = Math.max(0, window.x() - MARGIN);
    int right = (int) Math.min(header.width(), window.right() + MARGIN);
    return new Box(left, window.y(), right - left, window.height());
  }

  /** As {@link io.stoker.image.ImageDecoder#decodeBytes}. */
  static long decodeBytes(ImageHeader header, Box window) {
    // Rows that libjpeg keeps for upsampling and for skipping into a window.
    long rows = 64L * header.width() * header.channels();
    // All coefficients, two bytes each, in blocks of 8 pixels times a sampling factor of up to 4.
    long coefficients =
        header.sequential()
            ? 0
            : 2L * header.channels() * padded(header.width()) * padded(header.height());
    return 3 * widened(header, window).area() + rows + coefficients + (64 << 10);
  }

  private static long padded(int pixels) {
    return (pixels + 31L) / 32 * 32;
  }

  /** Whether the file has its end marker; in coded data 0xff is followed by 0 or RSTn. */
  static boolean isComplete(byte[] encoded, int length) {
    try {
      var reader = new PrefixReader(encoded, length, 2);
      int marker = nextMarker(reader);
      while (marker != SOS) {
        if (marker != TEM && (marker < RST0 || marker > EOI)) {
          reader.skip(Math.max(0, reader.uint16() - 2));
        }
        marker = nextMarker(reader);
      }
      while (marker != EOI) {
        marker = nextMarker(reader);
      }
      return true;
    } catch (NeedsMoreException e) {
      return false;
    }
  }

  private static ImageException corrupt(String what, PrefixReader reader) {
    return new ImageException(
        Reason.CORRUPT, "JPEG header has " + what + " near byte " + reader.position());
  }

  private static ImageException unsupported(String what) {
    return new ImageException(Reason.UNSUPPORTED, what + " is not supported");
  }
}
