package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.model.Normalization;
import org.junit.jupiter.api.Test;

final class ConverterTest {
  private final Converter.Normalize normalize = new Converter.Normalize();

  @Test
  void normalizationsAreFoundByName() {
    assertThat(normalize.parse("none")).isSameAs(Normalization.NONE);
    assertThat(normalize.parse("unit")).isSameAs(Normalization.UNIT);
    assertThat(normalize.parse("Minus-One-One")).isSameAs(Normalization.MINUS_ONE_ONE);
    assertThat(normalize.parse("caffe")).isSameAs(Normalization.CAFFE);
    assertThat(normalize.parse("torch")).isSameAs(Normalization.TORCH);
  }

  @Test
  void meanAndStdAreTakenPerChannelOnTheScaleOfBytes() {
    Normalization given = normalize.parse("123.7,116.3,103.5/58.4,57.1,57.4");

    assertThat(given.divisor()).isEqualTo(1);
    assertThat(given.mean()).containsExactly(123.7f, 116.3f, 103.5f);
    assertThat(given.std()).containsExactly(58.4f, 57.1f, 57.4f);
  }

  @Test
  void oneMeanOrStdCountsForAllChannels() {
    Normalization given = normalize.parse("-1.5/58.4,57.1,57.4");

    assertThat(given.mean()).containsExactly(-1.5f, -1.5f, -1.5f);
    assertThat(normalize.parse("0,1,2/255").std()).containsExactly(255, 255, 255);
  }

  @Test
  void memoryIsCountedInPowersOf1024() {
    var bytes = new Converter.Bytes();

    assertThat(bytes.parse("1k")).isEqualTo(1024);
    assertThat(bytes.parse("512m")).isEqualTo(512L << 20);
    assertThat(bytes.parse("8G")).isEqualTo(8L << 30);
    assertThat(bytes.parse("2gb")).isEqualTo(2L << 30);
    assertThat(bytes.parse("3t")).isEqualTo(3L << 40);
  }
}
