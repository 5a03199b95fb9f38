package io.stoker.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Spark's standalone master and workers as child processes on loopback addresses, each worker with
 * one GPU address of its own that no GPU stands behind. Not thread-safe.
 */
public final class StandaloneCluster implements AutoCloseable {
  private static final Pattern URL =
      Pattern.compile("Starting Spark master at (spark://127\\.0\\.0\\.1:\\d+)");

  /** The master and the workers take a moment each; a loaded machine takes longer. */
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private static final long LOOK_AGAIN_MILLIS = 100;

  private final SparkHome spark;
  private final Path folder;
  private final List<Process> processes = new ArrayList<>();
  private String master = "";

  private StandaloneCluster(SparkHome spark, Path folder) {
    this.spark = spark;
    this.folder = folder;
  }

  /**
   * Starts a master and workers and waits until all are registered.
   *
   * @param folder for logs and work, anew for each cluster
   * @param coresPerWorker which its one executor takes
   */
  public static StandaloneCluster start(
      SparkHome spark, Path folder, int workers, int coresPerWorker)
      throws IOException, InterruptedException {
    var cluster = new StandaloneCluster(spark, folder);
    try {
      cluster.startMaster();
      for (int i = 0; i < workers; i++) {
        cluster.startWorker(i, coresPerWorker);
      }
      for (int i = 0; i < workers; i++) {
        cluster.find(cluster.log("worker-" + i), Pattern.compile("Successfully registered"));
      }
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** The master's URL, {@code spark://…}. */
  public String master() {
    return master;
  }

  /**
   * For a job as {@code conf/gpu.conf} has it, but for small executors.
   *
   * @param cores of an executor, each for one task
   */
  public SparkSubmit submit(int cores) {
    return new SparkSubmit(spark)
        .master(master)
        .properties(Path.of("conf/gpu.conf"))
        .conf("spark.executor.cores", Integer.toString(cores))
        .conf("spark.task.cpus", "1")
        .conf("spark.executor.memory", "1g");
  }

  /** The executors that are alive now. */
  public List<ProcessHandle> executors() {
    return processes.stream()
        .flatMap(Process::descendants)
        .filter(
            process ->
                process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
        .toList();
  }

  private void startMaster() throws IOException, InterruptedException {
    start(
        "master",
        host(0),
        List.of("-Dspark.master.rest.enabled=false", "-Dspark.ui.enabled=false"),
        "org.apache.spark.deploy.master.Master",
        List.of("--host", "127.0.0.1", "--port", "0", "--webui-port", "0"));
    master = find(log("master"), URL).group(1);
  }

  private void startWorker(int number, int cores) throws IOException {
    Path script = folder.resolve("gpu-" + number + ".sh");
    Files.writeString(
        script, "#!/bin/sh\necho '{\"name\":\"gpu\",\"addresses\":[\"" + number + "\"]}'\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    String host = host(number);
    start(
        "worker-" + number,
        host,
        List.of(
            "-Dspark.worker.resource.gpu.amount=1",
            "-Dspark.worker.resource.gpu.discoveryScript=" + script),
        "org.apache.spark.deploy.worker.Worker",
        List.of(
            "--host",
            host,
            "--port",
            "0",
            "--webui-port",
            "0",
            "--cores",
            Integer.toString(cores),
            "--memory",
            "2g",
            "--work-dir",
            folder.resolve("work-" + number).toString(),
            master));
  }

  /**
   * A worker has an address of its own: Spark starts second copies of tasks on other hosts only.
   */
  private static String host(int worker) {
    return "127.0.0." + (worker + 1);
  }

  private void start(
      String name, String host, List<String> options, String mainClass, List<String> arguments)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("conf/java.options").toAbsolutePath());
    command.add("-Xmx256m");
    command.add(SparkSubmit.QUICK);
    command.addAll(options);
    command.addAll(List.of("-cp", spark.jars() + "/*", mainClass));
    command.addAll(arguments);
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log(name).toFile());
    // A worker starts executors from its own Spark's jars.
    builder.environment().put("SPARK_HOME", spark.folder().toString());
    builder.environment().put("SPARK_SCALA_VERSION", spark.scalaVersion());
    builder.environment().put("SPARK_LOCAL_IP", host);
    Process process = builder.start();
    process.getOutputStream().close();
    processes.add(process);
  }

  private Path log(String name) {
    return folder.resolve(name + ".log");
  }

  private Matcher find(Path log, Pattern pattern) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      String text =
          Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8) : "";
      Matcher matcher = pattern.matcher(text);
      if (matcher.find()) {
        return matcher;
      }
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
    throw new IOException(log + " has no \"" + pattern + "\" after " + START_LIMIT);
  }

  /** Kills all, executors included. */
  @Override
  public void close() {
    var all = new ArrayList<ProcessHandle>();
    for (Process process : processes) {
      process.descendants().forEach(all::add);
      all.add(process.toHandle());
    }
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(process -> process.onExit().join());
  }
}
