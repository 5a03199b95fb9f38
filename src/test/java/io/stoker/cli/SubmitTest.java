package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code submit/} hands to schedulers, against a {@code spark-submit} that writes it down. */
final class SubmitTest {
  private static final List<String> FLAGS =
      List.of("--manifest=s3a://b/m.parquet", "--model=s3a://b/m.pb", "--output=s3a://b/two words");

  private static final Pattern ARGUMENT =
      Pattern.compile("(?m)^ *(?:- |\")(--[a-z].*?|predict)\"?,?$");

  @TempDir private Path home = Path.of("");

  @BeforeEach
  void fakeSparkSubmit() throws IOException {
    Path fake = home.resolve("bin/spark-submit");
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(fake, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    Files.setPosixFilePermissions(fake, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void yarnGetsTheJobJarItsNativesAndTheUsersFlags() throws Exception {
    Path project = home.resolve("project");
    copy(project, "submit/yarn");
    for (String made : List.of("stoker-1-job.jar", "natives/a.jar", "natives/b.jar")) {
      Files.createDirectories(project.resolve("target").resolve(made).getParent());
      Files.createFile(project.resolve("target").resolve(made));
    }

    List<String> said = run(project.resolve("submit/yarn"), Map.of(), 0);

    String target = project.resolve("target").toString();
    assertThat(said)
        .containsSubsequence("--master", "yarn", "--deploy-mode", "client", "--properties-file")
        .contains(project + "/conf/cpu.conf")
        .containsSubsequence("--jars", target + "/natives/a.jar," + target + "/natives/b.jar");
    assertParses(said, target + "/stoker-1-job.jar");
  }

  @Test
  void yarnSaysHowToBuildWhatIsMissing() throws Exception {
    Path project = home.resolve("project");
    copy(project, "submit/yarn");

    assertThat(run(project.resolve("submit/yarn"), Map.of("STOKER_NATIVES", "gpu"), 1))
        .anyMatch(line -> line.contains("mvn -Pgpu -DskipTests package dependency:copy@natives"));
    assertThat(run(project.resolve("submit/yarn"), Map.of("STOKER_NATIVES", "tpu"), 2))
        .anyMatch(line -> line.contains("expected cpu or gpu"));
  }

  @Test
  void kubernetesGetsTheImageTheTemplateAndTheUsersFlags() throws Exception {
    Path script = Path.of("submit/kubernetes/submit").toAbsolutePath();

    List<String> said =
        run(script, Map.of("STOKER_IMAGE", "i:1", "STOKER_API", "https://k:6443"), 0);

    assertThat(said)
        .containsSubsequence("--master", "k8s://https://k:6443", "--deploy-mode", "cluster")
        .contains("spark.kubernetes.container.image=i:1");
    assertThat(said)
        .filteredOn(line -> line.contains("podTemplateFile=") || line.endsWith(".conf"))
        .hasSize(2)
        .allMatch(line -> Files.exists(Path.of(line.replaceFirst(".*=", ""))));
    assertParses(said, "local:///opt/stoker/stoker.jar");
    assertThat(run(script, Map.of("STOKER_IMAGE", "i:1"), 2))
        .anyMatch(line -> line.contains("STOKER_API is not set"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"submit/databricks/databricks.yml", "submit/airflow/stoker_predict.py"})
  void whatSchedulersPassIsAJobOfOurs(String file) throws IOException {
    List<String> arguments =
        ARGUMENT
            .matcher(Files.readString(Path.of(file)))
            .results()
            .map(MatchResult::group)
            .map(line -> line.replaceAll("^ *(- |\")|\",$", ""))
            .toList();

    var console = new Console();
    assertThat(console.run(new RecordingBackend(), arguments.toArray(String[]::new)).code())
        .as(arguments + "\n" + console.err())
        .isZero();
  }

  private static void assertParses(List<String> said, String jar) {
    List<String> ours = said.subList(said.indexOf(jar) + 1, said.size());
    assertThat(ours).startsWith("predict").endsWith(FLAGS.toArray(String[]::new));
    var backend = new RecordingBackend();
    assertThat(new Console().run(backend, ours.toArray(String[]::new)).code()).isZero();
    assertThat(backend.job().output().folder()).isEqualTo("s3a://b/two words");
  }

  private static void copy(Path project, String file) throws IOException {
    Files.createDirectories(project.resolve(file).getParent());
    Files.copy(Path.of(file), project.resolve(file));
  }

  private List<String> run(Path script, Map<String, String> variables, int code)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of("bash", script.toString()));
    command.addAll(FLAGS);
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(variables);
    builder
        .environment()
        .merge(
            "PATH", home.resolve("bin").toString(), (old, ours) -> ours + File.pathSeparator + old);
    Process process = builder.start();
    process.getOutputStream().close();
    List<String> said = new String(process.getInputStream().readAllBytes()).lines().toList();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said.toString()).isEqualTo(code);
    return said;
  }
}
