package io.stoker.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.region.Box;
import io.stoker.region.Failure.Reason;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DecodersTest {
  @Test
  void theFirstThatAcceptsTheContentIsTaken() {
    ImageDecoder a = decoderOf('a');
    ImageDecoder b = decoderOf('b');
    var decoders = new Decoders(List.of(a, b, decoderOf('b')));
    assertThat(decoders.find(bytes("axx"), 3)).containsSame(a);
    assertThat(decoders.find(bytes("bxx"), 3)).containsSame(b);
    assertThat(decoders.find(bytes("xab"), 3)).isEmpty();
    // Only the first bytes of the array are the file's.
    assertThat(decoders.find(bytes("a"), 0)).isEmpty();
  }

  private record Sample(String beginning, Reason reason, String says) {}

  static List<Sample> samples() {
    return List.of(
        image("II*\0\10\0\0\0", "TIFF"),
        image("MM\0*\0\0\0\10", "TIFF"),
        image("II+\0\10\0\0\0", "TIFF"),
        image("RIFF\1\2\3\4WEBPVP8 ", "WebP"),
        image("BM\1\2\3\4\0\0\0\0\66\0\0\0", "BMP"),
        image("GIF89a", "GIF"),
        image("\0\0\0\30ftypheic", "HEIC"),
        image("\0\0\0\34ftypmif1", "HEIC"),
        image("\0\0\0\34ftypavif", "AVIF"),
        image("\0\0\0\14jP  \r\n\u0087\n", "JPEG 2000"),
        image("\u00ff\u004f\u00ff\u0051", "JPEG 2000"),
        image("\u00ff\n", "JPEG XL"),
        image("8BPS\0\1", "Photoshop"),
        image("<svg xmlns=", "SVG"),
        image("\u00ef\u00bb\u00bf<?xml version=\"1.0\"?>\n<!-- x --><svg", "SVG"),
        image("\u00ff\u00d8\u00ff\u00e0", "JPEG"),
        other("%PDF-1.7", "PDF"),
        other("version https://git-lfs.github.com/spec/v1\noid sha256:", "Git LFS pointer"),
        other("\n <!DOCTYPE html><html>", "HTML page"),
        other("<html lang=en>", "HTML page"),
        other("<?xml version=\"1.0\"?><Error><Code>NoSuchKey", "XML"),
        other("{\"error\": 404}", "JSON"),
        other("PK\3\4", "ZIP"),
        other("\u001f\u008b\10", "gzip"),
        other("\0\0\0\0\0\0\0\0", "nothing but zeros"),
        other("BM is how this text begins", "the bytes 42 4d 20 69 73"),
        other("\0\0\0\30ftypisom", "the bytes 00 00 00 18 66"),
        other("x", "the bytes 78"),
        new Sample("", Reason.TRUNCATED, "the file is empty"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void whatNobodyDecodesIsNamedByWhatItLooksLike(Sample sample) {
    byte[] prefix = bytes(sample.beginning);
    ImageException refusal = Decoders.refusal(prefix, prefix.length);
    assertThat(refusal.failure().reason()).isEqualTo(sample.reason);
    assertThat(refusal.failure().detail()).contains(sample.says);
  }

  @Test
  void anyBytesHaveAnAnswer() {
    var random = new Random(3);
    byte[] prefix = new byte[64];
    for (int i = 0; i < 10_000; i++) {
      random.nextBytes(prefix);
      assertThat(Decoders.refusal(prefix, random.nextInt(64))).isNotNull();
    }
    for (Sample sample : samples()) {
      byte[] bytes = bytes(sample.beginning);
      for (int length = 0; length <= bytes.length; length++) {
        assertThat(Decoders.refusal(bytes, length)).isNotNull();
      }
    }
  }

  private static Sample image(String beginning, String says) {
    return new Sample(beginning, Reason.UNSUPPORTED, says);
  }

  private static Sample other(String beginning, String says) {
    return new Sample(beginning, Reason.UNKNOWN_FORMAT, says);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static ImageDecoder decoderOf(char first) {
    return new ImageDecoder() {
      @Override
      public boolean accepts(byte[] prefix, int length) {
        return length > 0 && prefix[0] == first;
      }

      @Override
      public Optional<ImageHeader> header(byte[] prefix, int length) {
        return Optional.empty();
      }

      @Override
      public long decodeBytes(ImageHeader header, Box window) {
        return 0;
      }

      @Override
      public Worker worker() {
        throw new UnsupportedOperationException();
      }

      @Override
      public void close() {}
    };
  }
}
