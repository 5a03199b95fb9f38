package io.stoker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HadoopStorageTest {
  private final Path folder;

  private final HadoopStorage storage =
      new HadoopStorage(
          Map.of(
              "fs.faulty.impl",
              FaultyFileSystem.class.getName(),
              "fs.faulty.impl.disable.cache",
              "true"));

  HadoopStorageTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void everyRangeReadsWhatTheFileHasThere() throws Exception {
    byte[] content = randomBytes(100_000);
    Files.write(folder.resolve("f"), content);
    var random = new Random(7);
    long read = 0;
    try (StoredFile file = storage.open(uri("f"))) {
      assertThat(file.length()).isEqualTo(content.length);
      for (int i = 0; i < 200; i++) {
        int position = random.nextInt(content.length);
        int length = random.nextInt(content.length - position + 1);
        byte[] buffer = new byte[length + 3];
        file.read(position, buffer, 2, length);
        read += length;
        assertThat(java.util.Arrays.copyOfRange(buffer, 2, 2 + length))
            .isEqualTo(java.util.Arrays.copyOfRange(content, position, position + length));
      }
      byte[] buffer = new byte[10];
      assertThatThrownBy(() -> file.read(content.length - 5, buffer, 0, 10))
          .isInstanceOf(EOFException.class);
    }
    assertThat(storage.counts()).isEqualTo(new StorageCounts(1, 200, read));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"with space", "50%", "%41", "a#1", "who?", "größe", "[a]{b}*", "a:b", "a\\b"})
  void aNameStandsForItselfWhateverItsCharacters(String name) throws Exception {
    Files.write(folder.resolve(name), new byte[] {42});
    String resolved = new UriResolver(folder.toUri().toString()).resolve(name);
    try (StoredFile file = storage.open(resolved)) {
      assertThat(file.length()).isEqualTo(1);
    }
  }

  @Test
  void aStaleChecksumBesideALocalFileIsNotLookedAt() throws Exception {
    Files.write(folder.resolve("f"), randomBytes(1_000));
    Files.write(folder.resolve(".f.crc"), randomBytes(16));
    byte[] buffer = new byte[1_000];
    try (StoredFile file = storage.open(uri("f"))) {
      file.read(0, buffer, 0, buffer.length);
    }
    assertThat(buffer).isEqualTo(Files.readAllBytes(folder.resolve("f")));
  }

  @Test
  void whatIsNotThereIsNotFoundAndTheUriNamed() throws Exception {
    Files.createDirectory(folder.resolve("d"));
    assertNotFound(uri("missing"));
    assertThat(assertNotFound(uri("d"))).hasMessageContaining("it is a folder, expected a file");
    assertNotFound("");
    assertNotFound("nosuchscheme://host/x");
    // A file system that this host is not of.
    assertNotFound("file://elsewhere/x");
    assertThat(assertNotFound("http://localhost/x.jpg")).hasMessageContaining("length");
    assertThat(storage.counts()).isEqualTo(new StorageCounts(0, 0, 0));
  }

  @Test
  void whatMayNotBeReadIsDenied() {
    for (String uri : new String[] {"faulty:/access-control", "faulty:/nio", "faulty:/jdk"}) {
      assertThatThrownBy(() -> storage.open(uri))
          .isInstanceOf(AccessDeniedException.class)
          .hasMessageContaining(uri);
    }
  }

  @Test
  void allElseIsTheStoragesFault() {
    for (String uri : new String[] {"faulty:/broken", "faulty:/host", "faulty:/bug"}) {
      assertThatThrownBy(() -> storage.open(uri))
          .isInstanceOf(IOException.class)
          .isNotInstanceOfAny(FileNotFoundException.class, AccessDeniedException.class);
    }
  }

  private Throwable assertNotFound(String uri) {
    Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(() -> storage.open(uri));
    assertThat(thrown).isInstanceOf(FileNotFoundException.class).hasMessageStartingWith(uri + ": ");
    return thrown;
  }

  private String uri(String name) {
    return folder.resolve(name).toString();
  }

  private static byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  /** Answers every status call with the fault that the file is named after. */
  public static final class FaultyFileSystem extends RawLocalFileSystem {
    @Override
    public void initialize(URI uri, Configuration configuration) throws IOException {
      setConf(configuration);
      statistics = FileSystem.getStatistics("faulty", FaultyFileSystem.class);
    }

    @Override
    public URI getUri() {
      return URI.create("faulty:///");
    }

    @Override
    public FileStatus getFileStatus(org.apache.hadoop.fs.Path path) throws IOException {
      switch (path.getName()) {
        case "access-control" -> throw new AccessControlException("Permission denied: user=x");
        case "nio" -> throw new AccessDeniedException("403");
        case "jdk" -> throw new FileNotFoundException("/x (Permission denied)");
        case "host" ->
            throw new IllegalArgumentException("nohost", new UnknownHostException("nohost"));
        case "bug" -> throw new IllegalStateException("bug");
        default -> throw new IOException("broken connection");
      }
    }
  }
}
