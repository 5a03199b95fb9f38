package io.stoker.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What this process takes of the machine while something goes on: begun, then ended. Linux tells
 * the peak of memory; elsewhere it is 0.
 */
final class Usage {
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final long began = System.nanoTime();
  private final long cpuBefore = system.getProcessCpuTime();

  private Usage() {}

  /**
   * What was used.
   *
   * @param cpu the share of all cores' time, 0 to 1
   * @param peakMib of the resident set; 0 if unknown
   */
  record Used(double cpu, long peakMib) {}

  static Usage begin() {
    try {
      Files.writeString(CLEAR, "5"); // resets the peak: proc(5)
    } catch (IOException e) {
      // Then the peak is the process's so far.
    }
    return new Usage();
  }

  Used end(int cores) {
    double nanos = System.nanoTime() - began;
    double cpu = (system.getProcessCpuTime() - cpuBefore) / nanos / cores;
    return new Used(cpu, peakMib());
  }

  private static long peakMib() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(PEAK))
          .map(line -> line.substring(PEAK.length()).replace("kB", "").strip())
          .mapToLong(kib -> Long.parseLong(kib) / 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Seconds since the beginning. */
  double seconds() {
    return (double) (System.nanoTime() - began) / TimeUnit.SECONDS.toNanos(1);
  }
}
