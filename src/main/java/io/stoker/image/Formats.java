package io.stoker.image;

import io.stoker.region.Failure.Reason;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a file is that no decoder takes, so that a person knows what to do about it. */
public final class Formats {
  /** Text is recognised by its first characters. */
  private static final int TEXT_BYTES = 256;

  private static final int SHOWN_BYTES = 16;

  /**
   * A format's signature.
   *
   * @param name what it is called
   * @param offset where its signature lies
   * @param hex the signature's bytes
   */
  private record Signature(String name, int offset, String hex) {
    boolean matches(byte[] prefix, int length) {
      byte[] bytes = HexFormat.of().parseHex(hex);
      if (length < offset + bytes.length) {
        return false;
      }
      for (int i = 0; i < bytes.length; i++) {
        if (prefix[offset + i] != bytes[i]) {
          return false;
        }
      }
      return true;
    }
  }

  private static final List<Signature> IMAGES =
      List.of(
          new Signature("TIFF", 0, "49492a00"),
          new Signature("TIFF", 0, "4d4d002a"),
          new Signature("BigTIFF", 0, "49492b00"),
          new Signature("BigTIFF", 0, "4d4d002b"),
          new Signature("WebP", 8, "57454250"),
          new Signature("GIF", 0, "47494638"),
          new Signature("BMP", 0, "424d"),
          new Signature("AVIF", 4, "6674797061766966"),
          new Signature("HEIC", 4, "6674797068656963"),
          new Signature("HEIC", 4, "6674797068656978"),
          new Signature("HEIF", 4, "667479706d696631"),
          new Signature("JPEG 2000", 0, "0000000c6a502020"),
          new Signature("JPEG 2000", 0, "ff4fff51"),
          new Signature("JPEG XL", 0, "ff0a"),
          new Signature("JPEG XL", 0, "0000000c4a584c20"),
          new Signature("Photoshop (PSD)", 0, "38425053"),
          new Signature("icon (ICO)", 0, "00000100"),
          new Signature("PDF", 0, "25504446"));

  private Formats() {}

  /**
   * Why a file is refused that begins with these bytes: {@code unsupported} if it is an image of a
   * known kind, else {@code unknown_format}.
   */
  public static ImageException unknown(byte[] prefix, int length) {
    for (Signature signature : IMAGES) {
      if (signature.matches(prefix, length)) {
        return new ImageException(
            Reason.UNSUPPORTED,
            "the file is "
                + signature.name()
                + ", which is not supported; convert it to JPEG or PNG");
      }
    }
    String text = text(prefix, length);
    if (text != null) {
      return new ImageException(
          Reason.UNKNOWN_FORMAT, "the file is " + text + ", expected a JPEG or PNG image");
    }
    return new ImageException(
        Reason.UNKNOWN_FORMAT,
        "the file begins with "
            + HexFormat.of().formatHex(prefix, 0, Math.min(length, SHOWN_BYTES))
            + ", expected a JPEG or PNG image");
  }

  private static @Nullable String text(byte[] prefix, int length) {
    String text =
        new String(prefix, 0, Math.min(length, TEXT_BYTES), StandardCharsets.ISO_8859_1)
            .strip()
            .toLowerCase(Locale.ROOT);
    if (text.startsWith("version https://git-lfs.github.com")) {
      return "a Git LFS pointer, not the image itself (run git lfs pull)";
    }
    if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
      return "an HTML page";
    }
    if (text.startsWith("<svg") || (text.startsWith("<?xml") && text.contains("<svg"))) {
      return "an SVG drawing";
    }
    if (text.startsWith("<?xml")) {
      return "XML";
    }
    boolean printable =
        text.chars().allMatch(c -> c == '\t' || c == '\n' || c == '\r' || c >= 32 && c < 127);
    return printable && !text.isEmpty() ? "text" : null;
  }
}
