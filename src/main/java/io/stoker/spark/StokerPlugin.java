package io.stoker.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the driver once a second what running tasks have done, which Spark itself says only when a
 * task ends. Set {@code spark.plugins=io.stoker.spark.StokerPlugin} when the session is made.
 */
public final class StokerPlugin implements SparkPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(StokerPlugin.class);
  private static final long PERIOD_MILLIS = 1_000;

  private static volatile boolean installed;

  /** For Spark. */
  public StokerPlugin() {}

  /** Whether this process is a driver that has the plugin. */
  static boolean installed() {
    return installed;
  }

  @Override
  public DriverPlugin driverPlugin() {
    return new Driver();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new Executor();
  }

  private static final class Driver implements DriverPlugin {
    @Override
    public Map<String, String> init(SparkContext context, PluginContext plugin) {
      installed = true;
      return Map.of();
    }

    @Override
    public @Nullable Object receive(Object message) throws IOException {
      RunTracker.deliver(decoded((byte[]) message));
      return null;
    }

    @Override
    public void shutdown() {
      installed = false;
    }
  }

  private static final class Executor implements ExecutorPlugin {
    private final ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              var thread = new Thread(task, "stoker-progress");
              thread.setDaemon(true);
              return thread;
            });
    private boolean failing;

    @Override
    public void init(PluginContext context, Map<String, String> extra) {
      clock.scheduleWithFixedDelay(
          () -> tell(context), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Progress is no reason to fail: what cannot be told is logged, once. */
    private void tell(PluginContext context) {
      try {
        List<LiveCounts.Count> counts = LiveCounts.now();
        if (!counts.isEmpty()) {
          context.send(encoded(counts));
        }
        failing = false;
      } catch (IOException | RuntimeException e) {
        if (!failing) {
          LOG.warn("the driver cannot be told about progress", e);
        }
        failing = true;
      }
    }

    @Override
    public void shutdown() {
      clock.shutdownNow();
    }
  }

  // As bytes: Spark's own way of reading messages may not find our classes on the driver.

  private static byte[] encoded(List<LiveCounts.Count> counts) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeInt(counts.size());
      for (LiveCounts.Count count : counts) {
        out.writeUTF(count.run());
        out.writeInt(count.partition());
        out.writeLong(count.done());
        out.writeLong(count.failed());
      }
    }
    return bytes.toByteArray();
  }

  private static List<LiveCounts.Count> decoded(byte[] message) throws IOException {
    var counts = new ArrayList<LiveCounts.Count>();
    try (var in = new DataInputStream(new ByteArrayInputStream(message))) {
      for (int left = in.readInt(); left > 0; left--) {
        counts.add(new LiveCounts.Count(in.readUTF(), in.readInt(), in.readLong(), in.readLong()));
      }
    }
    return counts;
  }
}
