package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.testing.SparkHome;
import io.stoker.testing.SparkSubmit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job jar as a cluster gets it: what is in it, and that each Spark we serve runs it. */
@Tag("slow")
@Timeout(900)
final class JobJarSmokeTest {
  @Test
  void itHoldsTheJavaAndNoneOfTheNatives() throws IOException {
    try (var jar = new JarFile(SparkHome.jobJar().toFile())) {
      var names = jar.stream().filter(e -> !e.isDirectory()).map(ZipEntry::getName).toList();
      assertThat(names)
          .contains(
              "org/tensorflow/Graph.class",
              "org/tensorflow/internal/c_api/TF_Graph.class",
              "org/tensorflow/proto/GraphDef.class",
              "io/stoker/shaded/protobuf/Message.class",
              "io/stoker/shaded/picocli/CommandLine.class")
          .noneMatch(name -> name.startsWith("org/apache/"))
          .noneMatch(name -> name.startsWith("scala/"))
          .noneMatch(name -> name.startsWith("com/google/protobuf/"))
          .noneMatch(name -> name.startsWith("com/fasterxml/"))
          .noneMatch(name -> name.startsWith("org/bytedeco/"))
          .noneMatch(name -> name.matches(".*/libtensorflow.*"))
          .doesNotHaveDuplicates();
    }
  }

  // To be completed: the CLI's own run on a small manifest, as soon as there is a CLI.
  @ParameterizedTest
  @ValueSource(strings = {SparkHome.SPARK_3_5, SparkHome.SPARK_4_1})
  void everySparkRunsIt(String versions, @TempDir Path folder)
      throws IOException, InterruptedException {
    var spark = SparkHome.of(versions);

    var result =
        new SparkSubmit(spark)
            .jar(SparkHome.jobJar())
            .run(JobJarProbe.class.getName(), jarOf(folder, JobJarProbe.class), "2");

    assertThat(result.exitCode()).as(result.stderr()).isZero();
    assertThat(result.stdout()).contains("spark " + spark.version() + " [1.0, 2.0]");
  }

  private static Path jarOf(Path folder, Class<?> type) throws IOException {
    var file = folder.resolve("probe.jar");
    var entry = type.getName().replace('.', '/') + ".class";
    try (var jar = new JarOutputStream(Files.newOutputStream(file));
        InputStream bytes = type.getClassLoader().getResourceAsStream(entry)) {
      assertThat(bytes).as(entry).isNotNull();
      jar.putNextEntry(new ZipEntry(entry));
      bytes.transferTo(jar);
    }
    return file;
  }
}
