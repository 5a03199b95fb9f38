package io.stoker.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.stoker.region.Failure.Reason;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** What files without a decoder begin with, so that the failure can name them. */
enum FileSignature {
  TIFF("TIFF", true),
  WEBP("WebP", true),
  BMP("BMP", true),
  GIF("GIF", true),
  HEIC("HEIC/HEIF", true),
  AVIF("AVIF", true),
  JPEG_2000("JPEG 2000", true),
  JPEG_XL("JPEG XL", true),
  PSD("Photoshop (PSD)", true),
  SVG("SVG", true),
  JPEG("JPEG", true),
  PNG("PNG", true),
  PDF("a PDF document", false),
  LFS("a Git LFS pointer: the file itself was not fetched (git lfs pull)", false),
  HTML("an HTML page: an error or a login page, saved as an image?", false),
  XML("an XML document", false),
  JSON("JSON text", false),
  ZIP("a ZIP archive", false),
  GZIP("gzip-compressed", false),
  ZEROS("nothing but zeros: a copy that was not finished?", false);

  private static final int SHOWN_BYTES = 16;

  private final String description;
  private final boolean image;

  FileSignature(String description, boolean image) {
    this.description = description;
    this.image = image;
  }

  static Optional<FileSignature> of(byte[] prefix, int length) {
    // Every byte is one character: offsets stay what they are.
    String bytes = new String(prefix, 0, length, ISO_8859_1);
    return binary(bytes).or(() -> text(bytes)).or(() -> zeros(prefix, length));
  }

  private static Optional<FileSignature> binary(String bytes) {
    FileSignature found = null;
    if (bytes.startsWith("II*\0")
        || bytes.startsWith("MM\0*")
        || bytes.startsWith("II+\0")
        || bytes.startsWith("MM\0+")) {
      found = TIFF;
    } else if (bytes.startsWith("RIFF") && bytes.startsWith("WEBP", 8)) {
      found = WEBP;
    } else if (isBmp(bytes)) {
      found = BMP;
    } else if (bytes.startsWith("GIF87a") || bytes.startsWith("GIF89a")) {
      found = GIF;
    } else if (bytes.startsWith("ftyp", 4)) {
      return isoMedia(bytes);
    } else if (bytes.startsWith("\0\0\0\14jP  \r\n\u0087\n")
        || bytes.startsWith("\u00ff\u004f\u00ff\u0051")) {
      found = JPEG_2000;
    } else if (bytes.startsWith("\0\0\0\14JXL \r\n\u0087\n") || bytes.startsWith("\u00ff\n")) {
      found = JPEG_XL;
    } else if (bytes.startsWith("8BPS")) {
      found = PSD;
    } else if (bytes.startsWith("\u00ff\u00d8\u00ff")) {
      found = JPEG;
    } else if (bytes.startsWith("\u0089PNG\r\n\u001a\n")) {
      found = PNG;
    } else if (bytes.startsWith("%PDF-")) {
      found = PDF;
    } else if (bytes.startsWith("PK\3\4")) {
      found = ZIP;
    } else if (bytes.startsWith("\u001f\u008b")) {
      found = GZIP;
    }
    return Optional.ofNullable(found);
  }

  /** Two letters prove little: the header's reserved bytes are zero as well. */
  private static boolean isBmp(String bytes) {
    return bytes.startsWith("BM") && bytes.startsWith("\0\0\0\0", 6);
  }

  private static Optional<FileSignature> isoMedia(String bytes) {
    String brand = bytes.substring(8, Math.min(12, bytes.length()));
    return switch (brand) {
      case "avif", "avis" -> Optional.of(AVIF);
      case "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1" -> Optional.of(HEIC);
      default -> Optional.empty();
    };
  }

  private static Optional<FileSignature> text(String bytes) {
    String mark = "\u00ef\u00bb\u00bf"; // UTF-8's byte order mark
    String text =
        (bytes.startsWith(mark) ? bytes.substring(mark.length()) : bytes)
            .stripLeading()
            .toLowerCase(Locale.ROOT);
    if (text.startsWith("version https://git-lfs.github.com/")) {
      return Optional.of(LFS);
    }
    if (text.startsWith("<!doctype html") || text.startsWith("<html") || text.startsWith("<head")) {
      return Optional.of(HTML);
    }
    if (text.startsWith("<svg") || (isMarkup(text) && text.contains("<svg"))) {
      return Optional.of(SVG);
    }
    if (isMarkup(text)) {
      return Optional.of(text.contains("<html") ? HTML : XML);
    }
    return text.startsWith("{\"") ? Optional.of(JSON) : Optional.empty();
  }

  private static boolean isMarkup(String text) {
    return text.startsWith("<?xml") || text.startsWith("<!doctype") || text.startsWith("<!--");
  }

  private static Optional<FileSignature> zeros(byte[] prefix, int length) {
    for (int i = 0; i < length; i++) {
      if (prefix[i] != 0) {
        return Optional.empty();
      }
    }
    return Optional.of(ZEROS);
  }

  ImageException refusal() {
    return image
        ? new ImageException(
            Reason.UNSUPPORTED, "the file is " + description + " (not supported yet)")
        : new ImageException(Reason.UNKNOWN_FORMAT, "the file is no image but " + description);
  }

  static ImageException unknown(byte[] prefix, int length) {
    byte[] shown = Arrays.copyOf(prefix, Math.min(length, SHOWN_BYTES));
    return new ImageException(
        Reason.UNKNOWN_FORMAT,
        "no known image format begins with the bytes "
            + HexFormat.ofDelimiter(" ").formatHex(shown));
  }
}
