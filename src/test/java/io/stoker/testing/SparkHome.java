package io.stoker.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The jars of one Spark in {@code target/spark-VERSION/jars}, for child processes: no Spark
 * distribution is needed. The folder is shared with {@code submit/stoker} and filled once, by the
 * Maven that runs the build.
 */
public final class SparkHome {
  /** The Spark we compile against. */
  public static final String SPARK_3_5 = "3.5.6_2.12";

  /** The newest Spark we serve. */
  public static final String SPARK_4_1 = "4.1.1_2.13";

  private final String version;
  private final String scala;
  private final Path folder;

  private SparkHome(String version, String scala, Path folder) {
    this.version = version;
    this.scala = scala;
    this.folder = folder;
  }

  /**
   * The home of a Spark, filled now where it is missing.
   *
   * @param versions Spark's and Scala's: {@link #SPARK_3_5} or {@link #SPARK_4_1}
   */
  public static synchronized SparkHome of(String versions)
      throws IOException, InterruptedException {
    var parts = List.of(versions.split("_"));
    if (parts.size() != 2) {
      throw new IllegalArgumentException(versions + ", expected SPARK_SCALA as in " + SPARK_4_1);
    }
    var folder = target().resolve("spark-" + parts.get(0));
    var home = new SparkHome(parts.get(0), parts.get(1), folder);
    MavenJars.of(
        home.jars(),
        "src/spark/pom.xml",
        "-Dspark.version=" + home.version(),
        "-Dscala.binary.version=" + home.scalaVersion());
    return home;
  }

  /** The build's folder for what it makes. */
  public static Path target() {
    return Path.of(System.getProperty("stoker.target", "target")).toAbsolutePath();
  }

  /** The job jar, which exists from phase package on: tests that take it are tagged slow. */
  public static Path jobJar() {
    var jar = System.getProperty("stoker.jobJar");
    if (jar == null || !Files.isRegularFile(Path.of(jar))) {
      throw new IllegalStateException("no job jar at " + jar + "; run this test with mvn verify");
    }
    return Path.of(jar);
  }

  /** The jars that go beside the job jar: JavaCPP and TensorFlow's native library. */
  public static List<Path> natives() {
    var jars =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .filter(Files::isRegularFile)
            .filter(
                jar ->
                    jar.getFileName()
                        .toString()
                        .matches(
                            "javacpp-[0-9.]+\\.jar|tensorflow-core-native-[0-9.]+-[a-z].*\\.jar"))
            .toList();
    if (jars.size() != 2) {
      throw new IllegalStateException("expected javacpp and one native TensorFlow, found " + jars);
    }
    return jars;
  }

  /** Spark's version without Scala's. */
  public String version() {
    return version;
  }

  /** Scala's version. */
  public String scalaVersion() {
    return scala;
  }

  /** What {@code SPARK_HOME} may point to: it holds {@code jars}. */
  public Path folder() {
    return folder;
  }

  /** The folder of jars. */
  public Path jars() {
    return folder.resolve("jars");
  }
}
