package io.stoker.image;

import io.stoker.region.Box;
import java.util.Optional;

/**
 * Decodes one family of formats, found by content, never by file name. Thread-safe; the {@link
 * Worker}s it makes are not.
 *
 * <p>Every result follows one rule: 8-bit red green blue, orientation and colour profiles not
 * applied, alpha dropped, gray replicated, palettes expanded.
 */
public interface ImageDecoder extends AutoCloseable {
  /** Whether a file that begins with these bytes is one of this decoder's. */
  boolean accepts(byte[] prefix, int length);

  /**
   * Reads the header.
   *
   * @param prefix the file's first bytes, in the array's first {@code length}
   * @return empty if the header goes on behind the prefix and a longer one is needed
   * @throws ImageException if no longer prefix could help
   */
  Optional<ImageHeader> header(byte[] prefix, int length) throws ImageException;

  /**
   * An upper bound of the memory that decoding a window takes beside the encoded bytes: the pixels
   * themselves and what the codec needs meanwhile. A copy of the encoded bytes, which the decoder
   * may make for the length of the call, is not in it.
   */
  long decodeBytes(ImageHeader header, Box window);

  /** State for one thread. Whoever asked for it closes it. */
  Worker worker();

  /** Frees what the workers share. Call after the last worker was closed. */
  @Override
  void close();

  /** One thread's decoder. Not thread-safe. */
  interface Worker extends AutoCloseable {
    /**
     * Decodes a window.
     *
     * @param encoded the whole file, in the array's first {@code length} bytes
     * @param window lies within the image
     * @return exactly that window; to be closed by the caller, may outlive this worker
     * @throws ImageException if the data does not decode, or not to what the header says
     */
    DecodedImage decode(byte[] encoded, int length, ImageHeader header, Box window)
        throws ImageException;

    @Override
    void close();
  }
}
