package io.stoker.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.region.Failure;
import io.stoker.region.Failure.Reason;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class FormatsTest {
  @Test
  void otherImagesAreNamed() {
    assertThat(failure(HexFormat.of().parseHex("49492a0008000000")))
        .isEqualTo(
            new Failure(
                Reason.UNSUPPORTED,
                "the file is TIFF, which is not supported; convert it to JPEG or PNG"));
    assertThat(failure("RIFF1234WEBPVP8 ".getBytes(UTF_8)).detail()).contains("WebP");
    assertThat(failure("GIF89a".getBytes(UTF_8)).reason()).isEqualTo(Reason.UNSUPPORTED);
  }

  @Test
  void whatIsNoImageIsNamed() {
    assertThat(failure("<!DOCTYPE html><p>404".getBytes(UTF_8)).detail()).contains("an HTML page");
    assertThat(failure("version https://git-lfs.github.com/spec/v1".getBytes(UTF_8)).detail())
        .contains("git lfs pull");
    assertThat(failure("hello".getBytes(UTF_8)))
        .isEqualTo(
            new Failure(Reason.UNKNOWN_FORMAT, "the file is text, expected a JPEG or PNG image"));
    assertThat(failure(new byte[] {1, 2, 3}).detail()).contains("begins with 010203");
  }

  private static Failure failure(byte[] bytes) {
    return Formats.unknown(bytes, bytes.length).failure();
  }
}
