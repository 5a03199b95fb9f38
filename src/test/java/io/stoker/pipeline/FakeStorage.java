package io.stoker.pipeline;

import io.stoker.storage.Storage;
import io.stoker.storage.StoredFile;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Files in memory. Counts what is open. */
final class FakeStorage implements Storage {
  /** Called before each opening and reading, where it may wait or throw. */
  interface Hook {
    void before(String uri, String operation) throws IOException;
  }

  final Map<String, byte[]> files = new ConcurrentHashMap<>();
  final AtomicInteger openFiles = new AtomicInteger();
  volatile Hook hook = (uri, operation) -> {};

  @Override
  public StoredFile open(String uri) throws IOException {
    hook.before(uri, "open");
    byte[] bytes = files.get(uri);
    if (bytes == null) {
      throw new FileNotFoundException(uri);
    }
    openFiles.incrementAndGet();
    return new StoredFile() {
      @Override
      public long length() {
        return bytes.length;
      }

      @Override
      public void read(long position, byte[] buffer, int offset, int length) throws IOException {
        hook.before(uri, "read");
        if (position + length > bytes.length) {
          throw new EOFException(uri);
        }
        System.arraycopy(bytes, (int) position, buffer, offset, length);
      }

      @Override
      public void close() throws IOException {
        openFiles.decrementAndGet();
        hook.before(uri, "close");
      }
    };
  }
}
