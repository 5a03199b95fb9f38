package io.stoker.inspection;

import com.sun.management.OperatingSystemMXBean;
import io.stoker.tensorflow.Platform;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What this process finds on the machine it runs on. */
public final class Machine {
  private static final double GIB = 1L << 30;

  private Machine() {}

  /** Facts by name, in the order to be shown. Loads TensorFlow's native library. */
  public static Map<String, String> facts() {
    var facts = new LinkedHashMap<String, String>();
    Runtime runtime = Runtime.getRuntime();
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    // Both as the container allows, where there is one.
    facts.put("cores", Integer.toString(runtime.availableProcessors()));
    facts.put(
        "memory",
        gib(system.getTotalMemorySize())
            + ", of which this Java's heap may take "
            + gib(runtime.maxMemory()));
    facts.put("Java", System.getProperty("java.version") + ", " + System.getProperty("os.arch"));
    facts.putAll(Platform.facts());
    return facts;
  }

  private static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / GIB);
  }
}
