package io.stoker.storage;

import java.io.IOException;

/** An open file. Used by one thread at a time. */
public interface StoredFile extends AutoCloseable {
  /** Bytes in it. */
  long length() throws IOException;

  /**
   * Reads exactly {@code length} bytes.
   *
   * @throws java.io.EOFException if the file ends before
   */
  void read(long position, byte[] buffer, int offset, int length) throws IOException;

  @Override
  void close() throws IOException;
}
