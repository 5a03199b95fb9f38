package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PrintableTest {
  private static final String MASTER = "stoker.master";

  @Test
  void nothingMovesTheCursor() {
    assertThat(Printable.text("a\u001b[31mb\u0000\r\u0007\u202ec\td\ne"))
        .isEqualTo("a?[31mb????c d\ne");
    assertThat(Printable.text("Größe 大")).isEqualTo("Größe 大");
  }

  @Test
  void localFilesHaveOneSpellingWhereSparkIsEmbedded() {
    assertThat(Printable.paths("file:/a and file:///b")).isEqualTo("file:/a and file:///b");
    System.setProperty(MASTER, "local[*]");
    try {
      assertThat(Printable.paths("file:/a, file:///b c, \"file:/e\", a file: no"))
          .isEqualTo("/a, /b c, \"/e\", a file: no");
    } finally {
      System.clearProperty(MASTER);
    }
  }
}
