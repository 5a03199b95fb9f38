package io.stoker.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stoker doctor}: what this machine has, and what a file of settings means. */
@Command(
    name = "doctor",
    sortOptions = false,
    usageHelpWidth = 98,
    header = "Say what this machine has, and what in a file of Spark's settings contradicts what.",
    footer = {"", "Example:", "  stoker doctor --conf conf/gpu.conf"})
final class DoctorCommand extends StokerCommand {
  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "A file for spark-submit's --properties-file. Contradictions end with code 3.")
  @Nullable Path conf;

  @Override
  List<String> check(Given given) {
    return List.of();
  }

  @Override
  void run(Backend backend) throws Exception {
    backend.doctor(conf);
  }
}
