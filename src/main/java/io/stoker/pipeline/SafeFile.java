package io.stoker.pipeline;

import io.stoker.storage.Storage;
import io.stoker.storage.StoredFile;
import java.io.IOException;

/**
 * A file of a foreign file system: what that throws unchecked, such as for a URI that nobody can
 * parse, is a broken read of this file, not of the pipeline. As thread-safe as the file.
 */
record SafeFile(StoredFile file) implements StoredFile {
  private interface Call<T> {
    T run() throws IOException;
  }

  static StoredFile open(Storage storage, String uri) throws IOException {
    return new SafeFile(checked(() -> storage.open(uri)));
  }

  @Override
  public long length() throws IOException {
    return checked(file::length);
  }

  @Override
  public void read(long position, byte[] buffer, int offset, int length) throws IOException {
    checked(
        () -> {
          file.read(position, buffer, offset, length);
          return true;
        });
  }

  @Override
  public void close() throws IOException {
    checked(
        () -> {
          file.close();
          return true;
        });
  }

  private static <T> T checked(Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (RuntimeException e) {
      throw new IOException(e.toString(), e);
    }
  }
}
