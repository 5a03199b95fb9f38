package io.stoker.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code spark-submit} as a child process: what Spark's shell script calls, without the script. Not
 * thread-safe; each setting returns this.
 */
public final class SparkSubmit {
  private final SparkHome spark;
  private final Map<String, String> confs = new LinkedHashMap<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final List<Path> jars = new ArrayList<>();
  private String master = "local[2]";

  /** Most JVMs here live for seconds, of which the second compiler would take its part. */
  static final String QUICK = "-XX:TieredStopAtLevel=1";

  private String heap = "1g";
  private String deployMode = "client";
  private @Nullable Path properties;
  private Duration limit = Duration.ofMinutes(5);

  /** A submission to {@code local[2]}, with TensorFlow's native jars beside the application's. */
  public SparkSubmit(SparkHome spark) {
    this.spark = spark;
    jars.addAll(SparkHome.natives());
    confs.put("spark.ui.enabled", "false");
    confs.put("spark.driver.extraJavaOptions", QUICK);
    confs.put("spark.executor.extraJavaOptions", QUICK);
    confs.put("spark.driver.host", "127.0.0.1");
    confs.put("spark.driver.bindAddress", "127.0.0.1");
  }

  /** Sets the master, {@code local[2]} at first. */
  public SparkSubmit master(String url) {
    master = url;
    return this;
  }

  /** Takes settings from a file; those that are set besides win. */
  public SparkSubmit properties(Path file) {
    properties = file;
    return this;
  }

  /** Sets one of Spark's configuration keys. */
  public SparkSubmit conf(String key, String value) {
    confs.put(key, value);
    return this;
  }

  /** Runs the driver on a worker, and waits for its end. */
  public SparkSubmit clusterMode() {
    deployMode = "cluster";
    return conf("spark.standalone.submit.waitAppCompletion", "true");
  }

  /** Sets a variable of the driver's environment. */
  public SparkSubmit environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Adds a jar to {@code --jars}. */
  public SparkSubmit jar(Path jar) {
    jars.add(jar);
    return this;
  }

  /** Sets the driver's heap as {@code -Xmx} takes it, {@code 1g} at first. */
  public SparkSubmit heap(String size) {
    heap = size;
    return this;
  }

  /** Sets after what time the process is killed, 5 minutes at first. */
  public SparkSubmit limit(Duration time) {
    limit = time;
    return this;
  }

  /**
   * Runs an application to its end.
   *
   * @param jar where the class is: {@link SparkHome#jobJar()}
   * @throws IOException if it does not end in time; the message has its output
   */
  public Result run(String mainClass, Path jar, String... arguments)
      throws IOException, InterruptedException {
    return start(mainClass, jar, arguments).await();
  }

  /** Starts an application. */
  public Running start(String mainClass, Path jar, String... arguments) throws IOException {
    var work = Files.createTempDirectory(Files.createDirectories(SparkHome.target()), "submit-");
    var out = work.resolve("stdout");
    var err = work.resolve("stderr");
    var process =
        new ProcessBuilder(command(mainClass, jar, arguments))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    process.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    process.environment().putAll(environment);
    process.environment().put("SPARK_HOME", spark.folder().toString());
    var child = process.start();
    child.getOutputStream().close();
    return new Running(child, out, err, limit);
  }

  /** An application that was started. */
  public record Running(Process process, Path out, Path err, Duration limit) {
    /** Does what Ctrl-C does. */
    public void interrupt() throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
          .inheritIO()
          .start()
          .waitFor();
    }

    /**
     * Waits for its end.
     *
     * @throws IOException if it does not end in time; the message has its output
     */
    public Result await() throws IOException, InterruptedException {
      try {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IOException(
              "it did not end within %s, and wrote%n%s%n%s".formatted(limit, read(out), read(err)));
        }
        return new Result(process.exitValue(), read(out), read(err));
      } finally {
        process.destroyForcibly();
      }
    }
  }

  /**
   * Spark 3.5 starts a driver on a standalone worker without what Java 17 wants: the one place
   * where a user has to say it.
   */
  private static String driverOptions() throws IOException {
    return Files.readAllLines(Path.of("conf/java.options")).stream()
        .filter(line -> line.startsWith("--add-opens"))
        .collect(Collectors.joining(" ", QUICK + " ", ""));
  }

  private List<String> command(String mainClass, Path jar, String... arguments) throws IOException {
    if (deployMode.equals("cluster")) {
      confs.put("spark.driver.extraJavaOptions", driverOptions());
    }
    var command = new ArrayList<String>();
    // A shell's background jobs ignore SIGINT, and so would the child of a build that is one.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@conf/java.options");
    command.add("-Xmx" + heap);
    command.add(QUICK);
    command.add("-Dlog4j2.configurationFile=" + Path.of("conf/log4j2.properties").toUri());
    command.addAll(List.of("-cp", spark.jars() + "/*", "org.apache.spark.deploy.SparkSubmit"));
    command.addAll(List.of("--master", master, "--class", mainClass));
    command.addAll(List.of("--deploy-mode", deployMode));
    if (properties != null) {
      command.addAll(List.of("--properties-file", properties.toString()));
    }
    confs.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
    command.add("--jars");
    command.add(jars.stream().map(Path::toString).collect(Collectors.joining(",")));
    command.add(jar.toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private static String read(Path file) throws IOException {
    // Not readString: a child may write bytes that are no UTF-8.
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /** What a finished process left: its exit code and all it wrote. */
  public record Result(int exitCode, String stdout, String stderr) {}
}
