package io.stoker.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Folders of jars for child processes, filled by Maven from a POM of their own. */
final class MavenJars {
  private static final long MINUTES = 20;

  private MavenJars() {}

  /**
   * The folder, filled now where it is missing.
   *
   * @param pom whose dependencies it gets
   * @param more options of Maven's
   */
  static synchronized Path of(Path folder, String pom, String... more)
      throws IOException, InterruptedException {
    if (Files.isDirectory(folder)) {
      return folder;
    }
    // A folder that is there is complete: it is filled under another name.
    Path part = folder.resolveSibling(folder.getFileName() + "." + ProcessHandle.current().pid());
    Files.createDirectories(folder.getParent());
    Path log = folder.resolveSibling(folder.getFileName() + ".log");
    var command =
        new ArrayList<>(List.of(maven(), "-B", "-q", "-f", pom, "dependency:copy-dependencies"));
    command.add("-DoutputDirectory=" + part);
    command.addAll(List.of(more));
    Process maven =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    maven.getOutputStream().close();
    if (!maven.waitFor(MINUTES, TimeUnit.MINUTES)) {
      maven.destroyForcibly();
      throw new IOException("fetching " + folder + " took over " + MINUTES + " min");
    }
    if (maven.exitValue() != 0) {
      throw new IOException("cannot fetch " + folder + ": " + Files.readString(log));
    }
    return Files.move(part, folder);
  }

  private static String maven() {
    var home = System.getProperty("maven.home", "");
    var launcher = Path.of(home, "bin", "mvn");
    return !home.isEmpty() && Files.isExecutable(launcher) ? launcher.toString() : "mvn";
  }
}
