package io.stoker.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * The Spark session of a command: the one that is there (a notebook's, a Databricks job's), which
 * stays as it is, or one of our own, which ends with the command.
 *
 * <p>A session of our own is made as {@code spark-submit} configured it. Where nobody did, it is
 * embedded in this JVM, with the master that {@code submit/stoker} names in {@code stoker.master}.
 */
final class Session implements AutoCloseable {
  private static final String MASTER = "stoker.master";
  private static final String PLUGINS = "spark.plugins";
  private static final String PLUGIN = "io.stoker.spark.StokerPlugin";

  private final SparkSession spark;
  private final boolean ours;
  private final @Nullable Path scratch;

  private Session(SparkSession spark, boolean ours, @Nullable Path scratch) {
    this.spark = spark;
    this.ours = ours;
    this.scratch = scratch;
  }

  /** Whether somebody else's Spark runs in this JVM, so that it is not ours to end. */
  static boolean isGiven() {
    return SparkEnv.get() != null;
  }

  /** Whether a session of ours is made within this JVM, as {@code submit/stoker} wants it. */
  static boolean isEmbedded() {
    return System.getProperty(MASTER) != null && System.getProperty("spark.master") == null;
  }

  /**
   * The session to work with.
   *
   * @param verbosity whether Spark's own log is shown, if the session is ours
   * @throws UsageException if no master is configured
   */
  static Session open(Verbosity verbosity) throws UsageException {
    if (isGiven()) {
      return new Session(SparkSession.builder().getOrCreate(), false, null);
    }
    var conf = new SparkConf();
    Path scratch = configure(conf, System.getProperty(MASTER));
    try {
      SparkSession spark = SparkSession.builder().config(conf).getOrCreate();
      if (verbosity == Verbosity.VERBOSE) {
        spark.sparkContext().setLogLevel("INFO");
      }
      return new Session(spark, true, scratch);
    } catch (Throwable e) {
      delete(scratch);
      throw e;
    }
  }

  /**
   * Adds what a session of our own needs and nobody has set.
   *
   * @param conf as {@code spark-submit} left it
   * @param embedded the master to take where none is set, or null
   * @return a folder for Spark's own files, to be deleted with the session, or null
   */
  static @Nullable Path configure(SparkConf conf, @Nullable String embedded) throws UsageException {
    conf.setIfMissing("spark.app.name", "stoker");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false"); // it would fight with our own bar
    String plugins = conf.get(PLUGINS, "");
    if (!plugins.contains(PLUGIN)) {
      conf.set(PLUGINS, plugins.isEmpty() ? PLUGIN : plugins + "," + PLUGIN);
    }
    if (conf.contains("spark.master")) {
      return null;
    }
    if (embedded == null) {
      throw new UsageException(
          "no Spark master is configured; start this through submit/stoker, or through"
              + " spark-submit with --master");
    }
    Path scratch = scratch();
    conf.setMaster(embedded)
        .setIfMissing("spark.ui.enabled", "false")
        // A laptop's own name often cannot be resolved.
        .setIfMissing("spark.driver.host", "127.0.0.1")
        .setIfMissing("spark.driver.bindAddress", "127.0.0.1")
        .setIfMissing("spark.local.dir", scratch.toString())
        // Else Spark makes a folder spark-warehouse wherever one stands.
        .setIfMissing("spark.sql.warehouse.dir", scratch.resolve("warehouse").toUri().toString());
    return scratch;
  }

  SparkSession spark() {
    return spark;
  }

  /** No more log: of cancelled tasks Spark writes pages. */
  void hush() {
    spark.sparkContext().setLogLevel("OFF");
  }

  /** Stops Spark and removes its files, if it is ours. Idempotent. */
  @Override
  public void close() {
    if (!ours) {
      return;
    }
    boolean interrupted = Thread.interrupted(); // else Spark would give up waiting for its parts
    try {
      spark.stop();
    } finally {
      delete(scratch);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Path scratch() {
    try {
      return Files.createTempDirectory("stoker-");
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no folder for Spark's own files can be made in "
              + System.getProperty("java.io.tmpdir")
              + "; name another place with -Djava.io.tmpdir",
          e);
    }
  }

  /** Deletes what it can: Spark's own clean-up may do the same at the same time. */
  private static void delete(@Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path left, @Nullable IOException e)
                throws IOException {
              Files.deleteIfExists(left);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      // It lies in the machine's folder for temporary files, which others clean up.
    }
  }
}
