package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.NativeLibrary;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Variables that TensorFlow's C++ code reads. */
final class EnvironmentTest {
  private static final String NAME = "STOKER_TEST_VARIABLE";
  private static final int PROCESSES = 300;

  @Test
  void aVariableIsSetAndReplacedOnlyOnRequest() {
    TensorFlowNative.setEnvironment(NAME, "erste Größe", true);
    assertThat(get(NAME)).isEqualTo("erste Größe");
    TensorFlowNative.setEnvironment(NAME, "2", false);
    assertThat(get(NAME)).isEqualTo("erste Größe");
    TensorFlowNative.setEnvironment(NAME, "3", true);
    assertThat(get(NAME)).isEqualTo("3");
    assertThat(get("PATH")).isEqualTo(System.getenv("PATH"));
  }

  @Test
  void processesStartWhileVariablesAreSet() throws Exception {
    var over = new AtomicBoolean();
    var threads = Executors.newSingleThreadExecutor();
    try {
      Future<Integer> setting =
          threads.submit(
              () -> {
                int number = 0;
                while (!over.get()) {
                  TensorFlowNative.setEnvironment(NAME + number++ % 50, "x", true);
                }
                return number;
              });
      for (int i = 0; i < PROCESSES; i++) {
        assertThat(new ProcessBuilder("true").start().waitFor()).isZero();
      }
      over.set(true);
      assertThat(setting.get()).isPositive();
    } finally {
      over.set(true);
      threads.shutdown();
    }
  }

  private static @Nullable String get(String name) {
    return NativeLibrary.getProcess()
        .getFunction("getenv", 0, "UTF-8")
        .invokeString(new Object[] {name}, false);
  }
}
