package io.stoker.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class MachineTest {
  @Test
  void itTellsWhatIsHere() {
    Map<String, String> facts = Machine.facts();

    assertThat(facts).containsEntry("TensorFlow", "2.18.0");
    assertThat(facts.get("devices")).startsWith("CPU");
    assertThat(facts.get("cores"))
        .isEqualTo(Integer.toString(Runtime.getRuntime().availableProcessors()));
    assertThat(facts).containsKeys("memory", "Java", "NVIDIA driver", "CUDA 12 runtime", "cuDNN 9");
  }
}
