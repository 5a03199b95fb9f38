package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stoker.example.ExampleModel;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.RefusedException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InspectTest {
  @TempDir private Path home = Path.of("");

  private static String inspect(Path model, boolean json) throws Exception {
    var out = new StringWriter();
    try (var backend = new SparkBackend(new PrintWriter(out), new PrintWriter(out))) {
      backend.inspect(new InspectJob(PredictSpec.model(model.toString()).build(), json));
    }
    return out.toString();
  }

  @Test
  void theExamplesModelIsToldOf() throws Exception {
    Path graph = ExampleModel.write(home).graph();

    JsonNode json = new ObjectMapper().readTree(inspect(graph, true));

    assertThat(json.at("/format").asText()).isEqualTo("GraphDef");
    assertThat(json.at("/sha256").asText()).hasSize(64);
    assertThat(json.at("/predict/height").asInt()).isEqualTo(64);
    assertThat(json.at("/parameters").asLong()).isPositive();
    assertThat(inspect(graph, false)).contains("predict    feeds ").contains("64x64");
  }

  @Test
  void aRefusedModelIsNamedWithItsReason() throws Exception {
    Path pointer = home.resolve("model.pb");
    Files.writeString(
        pointer, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");

    assertThatThrownBy(() -> inspect(pointer, false))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("model.pb")
        .hasMessageContaining("Git LFS pointer");
  }
}
