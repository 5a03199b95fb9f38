package io.stoker.spark;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the one session of this JVM: two cores, four attempts a task, the progress plugin. It
 * ends with the JVM's last test.
 */
final class SparkSessions implements ParameterResolver {
  private static final String KEY = "session";

  private record Held(SparkSession session)
      implements ExtensionContext.Store.CloseableResource, AutoCloseable {
    @Override
    public void close() {
      session.stop();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == SparkSession.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    ExtensionContext.Store store =
        context.getRoot().getStore(Namespace.create(SparkSessions.class));
    SparkSession session = held(store).session();
    if (!session.sparkContext().isStopped()) {
      return session;
    }
    store.remove(KEY); // by a test that ends its own session, and was given this one
    return held(store).session();
  }

  private static Held held(ExtensionContext.Store store) {
    return store.getOrComputeIfAbsent(KEY, key -> new Held(start()), Held.class);
  }

  private static SparkSession start() {
    Path scratch = Path.of(System.getProperty("stoker.target", "target"), "spark");
    return SparkSession.builder()
        .master("local[2,4]")
        .appName("tests")
        .config("spark.ui.enabled", false)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.plugins", StokerPlugin.class.getName())
        .config("spark.sql.shuffle.partitions", 3)
        .config("spark.sql.warehouse.dir", scratch.resolve("warehouse").toAbsolutePath().toString())
        .config("spark.stoker.scratch", scratch.resolve("scratch").toAbsolutePath().toString())
        .getOrCreate();
  }
}
