package io.stoker.storage;

import java.io.IOException;

/** Opens files by URI. Thread-safe. */
public interface Storage {
  /**
   * Opens a file for reading.
   *
   * @throws java.io.FileNotFoundException if there is none
   * @throws java.nio.file.AccessDeniedException if it may not be read
   * @throws IOException if the storage does not answer as it should; another try may work
   */
  StoredFile open(String uri) throws IOException;
}
