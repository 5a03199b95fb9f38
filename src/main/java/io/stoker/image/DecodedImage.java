package io.stoker.image;

import io.stoker.region.Box;
import java.nio.ByteBuffer;

/**
 * Pixels of a window, in memory that the decoder owns until this is closed.
 *
 * <p>Owned by one thread at a time; not thread-safe.
 */
public interface DecodedImage extends AutoCloseable {
  /** Which pixels of the image these are. */
  Box window();

  /** {@code [height, width, 3] uint8}, red green blue, row-major without padding; lent. */
  ByteBuffer pixels();

  /** Frees the pixels. Idempotent. */
  @Override
  void close();
}
