package io.stoker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NpyTest {
  @TempDir Path folder = Path.of("");

  @Test
  void halvesAreExact() throws IOException {
    short[] bits = {0x3c00, (short) 0xc000, 0x7bff, 0x0001, (short) 0x8000, 0x7c00, 0x3555};
    var data = ByteBuffer.allocate(2 * bits.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asShortBuffer().put(bits);

    assertThat(Npy.read(file("<f2", "(7,)", data.array())).floats())
        .containsExactly(1f, -2f, 65504f, 0x1p-24f, -0f, Float.POSITIVE_INFINITY, 0.33325195f);
  }

  @Test
  void stringsLoseTheirFilling() throws IOException {
    var data = "abc\0\0d\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
    assertThat(Npy.read(file("|S5", "(2,)", data)).strings())
        .isDeepEqualTo(new byte[][] {{'a', 'b', 'c'}, {'d'}});
  }

  @Test
  void aScalarHasOneElementAndNoShape() throws IOException {
    var scalar = Npy.read(file("|u1", "()", new byte[] {(byte) 200}));
    assertThat(scalar.shape()).isEmpty();
    assertThat(scalar.longs()).containsExactly(200);
  }

  @Test
  void tooFewBytesAreRefused() throws IOException {
    var file = file("<f4", "(2, 3)", new byte[20]);
    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has 20 bytes of data, expected 6 of 4 bytes");
  }

  @Test
  void everyArrayOfTheCorporaIsRead() throws IOException {
    Shared.assumeAvailable();
    try (var files = Files.walk(Shared.corpora())) {
      int read = 0;
      for (var file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".npy"))::iterator) {
        assertThat(Npy.read(file).count()).as(file.toString()).isNotNegative();
        read++;
      }
      assertThat(read).isGreaterThan(100);
    }
  }

  private Path file(String descr, String shape, byte[] data) throws IOException {
    var header =
        "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }     \n";
    var out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    out.write(header.length() & 0xff);
    out.write(header.length() >> 8);
    out.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(data);
    return Files.write(folder.resolve("array.npy"), out.toByteArray());
  }
}
