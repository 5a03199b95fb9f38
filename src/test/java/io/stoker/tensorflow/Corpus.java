package io.stoker.tensorflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoker.testing.Shared;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The JPEG and PNG files of the image corpus, and what its README says of them. */
final class Corpus {
  private static final Path IMAGES = Shared.corpora().resolve("images");

  private Corpus() {}

  /** Lines of {@code EXPECTED.jsonl}: files of these two formats in a group. */
  static List<JsonNode> files(String group) throws IOException {
    return lines("EXPECTED.jsonl")
        .filter(file -> file.get("path").asText().startsWith(group + "/"))
        .filter(file -> List.of("jpeg", "png").contains(file.get("format").asText()))
        .toList();
  }

  /** The lines of a file of the corpus. */
  static Stream<JsonNode> lines(String name) throws IOException {
    var mapper = new ObjectMapper();
    return Files.readAllLines(IMAGES.resolve(name)).stream()
        .map(
            line -> {
              try {
                return mapper.readTree(line);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  static byte[] read(String path) throws IOException {
    return Files.readAllBytes(IMAGES.resolve(path));
  }

  static String sha256(ByteBuffer pixels) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(pixels.duplicate());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
