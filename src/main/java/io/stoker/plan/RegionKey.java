package io.stoker.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.region.Box;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A region's identity across runs: 128 bits, the same for the same row of the same manifest. */
public final class RegionKey {
  /** Bytes of a key. */
  public static final int BYTES = 16;

  private RegionKey() {}

  /**
   * A region's: the first 128 bits of the SHA-256 of the URI's length in UTF-8 and bytes, the page,
   * 1 and the box's x, y, width and height (or 0 for none), the occurrence; numbers big-endian,
   * {@code int} but for the occurrence, which is {@code long}. The length makes it unambiguous.
   *
   * @param uri as the manifest has it
   * @param occurrence which one of the rows that are equal in all of these, from 0
   */
  public static byte[] of(String uri, int page, @Nullable Box box, long occurrence) {
    byte[] text = uri.getBytes(UTF_8);
    var message = ByteBuffer.allocate(text.length + 9 * Integer.BYTES);
    message.putInt(text.length).put(text).putInt(page);
    if (box == null) {
      message.putInt(0);
    } else {
      message.putInt(1).putInt(box.x()).putInt(box.y()).putInt(box.width()).putInt(box.height());
    }
    return digest(message.putLong(occurrence));
  }

  /**
   * That of a row that names no region: the same of the URI's length (-1 for null) and bytes, -1,
   * the fault's length and bytes, the occurrence. No page is -1, so no region has such a key.
   *
   * @param uri as the manifest has it, or null
   * @param fault what is wrong with the row
   * @param occurrence which one of the rows that are equal in both, from 0
   */
  public static byte[] ofFault(@Nullable String uri, String fault, long occurrence) {
    byte[] text = uri == null ? new byte[0] : uri.getBytes(UTF_8);
    byte[] faultText = fault.getBytes(UTF_8);
    var message = ByteBuffer.allocate(text.length + faultText.length + 5 * Integer.BYTES);
    message.putInt(uri == null ? -1 : text.length).put(text).putInt(-1);
    message.putInt(faultText.length).put(faultText);
    return digest(message.putLong(occurrence));
  }

  private static byte[] digest(ByteBuffer message) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(message.flip());
      return Arrays.copyOf(digest.digest(), BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
