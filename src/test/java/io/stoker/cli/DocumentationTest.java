package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What the README and its pages say of flags, code and files holds. */
final class DocumentationTest {
  private static final Pattern FLAG = Pattern.compile("(?<![\\w-])--[a-z][a-z-]+");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");

  /** Of other programs that appear in examples. */
  private static final Set<String> OTHERS =
      Set.of(
          "--master",
          "--properties-file",
          "--class",
          "--jars",
          "--conf",
          "--create",
          "--add-opens",
          "--decode", // of the design, in Decisions
          "--resize",
          "--deploy-mode",
          "--file");

  static Stream<Path> pages() throws IOException {
    try (Stream<Path> pages = Files.list(Path.of("src/site/markdown"))) {
      return Stream.concat(Stream.of(Path.of("README.md")), pages.sorted().toList().stream());
    }
  }

  static Stream<Arguments> code() throws IOException {
    return pages().flatMap(page -> found(JAVA, page).map(code -> arguments(page, code.group(1))));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyFlagExists(Path page) {
    Set<String> known = new TreeSet<>(flags());
    known.addAll(OTHERS);

    assertThat(found(FLAG, page).map(MatchResult::group)).isSubsetOf(known);
  }

  @Test
  void theReadmeNamesEveryFlag() {
    assertThat(found(FLAG, Path.of("README.md")).map(MatchResult::group)).containsAll(flags());
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsToAFile(Path page) {
    assertThat(found(LINK, page).map(link -> page.toAbsolutePath().resolveSibling(link.group(1))))
        .allMatch(Files::exists);
  }

  @ParameterizedTest
  @MethodSource("code")
  void everyPieceOfCodeCompiles(Path page, String code, @TempDir Path out) {
    var messages = new StringWriter();
    boolean compiled =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                messages,
                null,
                null,
                List.of("-proc:none", "-d", out.toString()),
                null,
                List.of(source(code)))
            .call();

    assertThat(compiled).as("%s: %s", page, messages).isTrue();
  }

  private static JavaFileObject source(String code) {
    boolean isClass = code.contains(" class ");
    String imports =
        code.startsWith("import ")
            ? ""
            : """
              import io.stoker.model.*;
              import io.stoker.region.*;
              import io.stoker.runtime.*;
              import io.stoker.spark.*;
              import java.io.IOException;
              import java.nio.ByteBuffer;
              import java.nio.file.*;
              import java.util.*;
              import org.apache.spark.sql.*;
              """;
    String all =
        isClass
            ? imports + code
            : imports
                + "class Piece { void run(SparkSession spark, List<String> labels,"
                + " PredictSpec.Builder builder) {\n"
                + (code.contains("PredictSpec spec") ? "" : "PredictSpec spec = builder.build();\n")
                + code
                + "} }";
    String name = isClass ? all.replaceFirst("(?s).*public final class (\\w+).*", "$1") : "Piece";
    return new SimpleJavaFileObject(
        URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return all;
      }
    };
  }

  private static List<String> flags() {
    return Stream.of(new PredictCommand(), new BenchCommand())
        .flatMap(command -> new CommandLine(command).getCommandSpec().options().stream())
        .map(option -> option.longestName())
        .distinct()
        .toList();
  }

  private static Stream<MatchResult> found(Pattern pattern, Path page) {
    try {
      return pattern.matcher(Files.readString(page)).results();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
