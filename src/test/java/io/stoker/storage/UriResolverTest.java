package io.stoker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UriResolverTest {
  @ParameterizedTest
  @CsvSource({
    "a.jpg, hdfs://host:8020/photos/a.jpg",
    "2024/a.jpg, hdfs://host:8020/photos/2024/a.jpg",
    "/other/a.jpg, hdfs://host:8020/other/a.jpg",
    // Two slashes would name another host.
    "//other/a.jpg, hdfs://host:8020/other/a.jpg",
    "s3a://bucket/a.jpg, s3a://bucket/a.jpg",
    "file:/a.jpg, file:/a.jpg",
    // No scheme goes without a slash behind it.
    "a:b.jpg, hdfs://host:8020/photos/a:b.jpg",
    "12:30.jpg, hdfs://host:8020/photos/12:30.jpg",
  })
  void pathsLieInTheBaseAndUrisStay(String uri, String resolved) {
    assertThat(new UriResolver("hdfs://host:8020/photos").resolve(uri)).isEqualTo(resolved);
    assertThat(new UriResolver("hdfs://host:8020/photos/").resolve(uri)).isEqualTo(resolved);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "with space.jpg",
        "50%.jpg",
        "%41.jpg",
        "a#1.jpg",
        "who?.jpg",
        "größe/日本.jpg",
        "[a]{b}*.jpg",
        "a+b&c=d.jpg",
        "a\\b.jpg",
        "a:b.jpg"
      })
  void aPlainPathIsThatPathWhateverItsCharacters(String name) {
    for (String base : new String[] {"file:/photos", "file:///photos", "s3a://bucket/photos"}) {
      var path = new Path(new UriResolver(base).resolve(name));
      assertThat(path.toUri().getPath()).isEqualTo("/photos/" + name);
    }
  }

  @Test
  void theRootOfALocalBaseIsTheMachines() {
    assertThat(new UriResolver("file:/photos").resolve("/x/a.jpg")).isEqualTo("file:/x/a.jpg");
    assertThat(new UriResolver("file:///photos").resolve("/x/a.jpg")).isEqualTo("file:///x/a.jpg");
    assertThat(new UriResolver("file:/photos").resolve("//x/a.jpg")).isEqualTo("file:/x/a.jpg");
  }

  @Test
  void aRelativeBaseIsRefused() {
    assertThatThrownBy(() -> new UriResolver("photos"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"photos\", expected SCHEME:/FOLDER");
  }
}
