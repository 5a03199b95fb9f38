package io.stoker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AllowedUrisTest {
  private final AllowedUris allowed =
      new AllowedUris(List.of("/photos", "s3a://bucket/a/", "hdfs://host:8020"));

  @Test
  void anEmptyListAllowsEverything() {
    assertThat(AllowedUris.ALL.allows("anything://at/../all")).isTrue();
    assertThat(AllowedUris.ALL.allows("relative")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/photos/1.jpg",
        "//photos//1.jpg",
        "file:/photos/1.jpg",
        "file:///photos/1.jpg",
        "FILE:/photos/1.jpg",
        "/photos/a/../1.jpg",
        "/photos/./1.jpg",
        "/other/../photos/1.jpg",
        "/photos/..jpg",
        "/photos/50%.jpg",
        "/photos/a#b?c.jpg",
        "/photos",
        "s3a://bucket/a/1.jpg",
        "hdfs://host:8020/anything"
      })
  void whatLiesBelowAPrefixIsAllowed(String uri) {
    assertThat(allowed.allows(uri)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/photos-of-others/1.jpg",
        "/photo",
        "/",
        "/photos/../etc/passwd",
        "/photos/../../etc/passwd",
        "/photos/a/../../etc/passwd",
        "/../photos/1.jpg",
        "/photos/%2e%2e/etc/passwd",
        "/photos/.%2E/etc/passwd",
        "/photos/x%2f..%2f..%2fetc/passwd",
        "/photos/..\\etc",
        "/%70hotos/1.jpg",
        "photos/1.jpg",
        "",
        "file://photos/1.jpg",
        "file://host/photos/1.jpg",
        "s3a://bucket/1.jpg",
        "s3a://bucket2/a/1.jpg",
        "s3a://BUCKET/a/1.jpg",
        "s3a://bucket@evil/a/1.jpg",
        "s3n://bucket/a/1.jpg",
        "hdfs://host/anything",
        "hdfs:///anything",
        "http://host:8020/anything"
      })
  void whatLiesElsewhereIsNot(String uri) {
    assertThat(allowed.allows(uri)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"photos", "", "s3a:", "/photos/../..", "/a%2f%2e%2e/b"})
  void aPrefixThatMeansNoPlaceIsRefused(String prefix) {
    assertThatThrownBy(() -> new AllowedUris(List.of(prefix)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected SCHEME://AUTHORITY/FOLDER or /FOLDER");
  }
}
