package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.NativeLibrary;
import io.stoker.model.ModelException;
import io.stoker.model.SplicedModel;
import io.stoker.tensorflow.DeviceOptions.Device;
import io.stoker.tensorflow.DeviceOptions.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RewriterConfig.Toggle;

@Timeout(120)
final class PrecisionTest {
  private static final DeviceOptions CPU = DeviceOptions.cpu(1);
  private static final SplicedModel MODEL =
      Models.model(Networks.convolution(), 0, Networks.SIDE, Networks.SIDE, "y");

  private final NativeCounters.Open before = NativeCounters.open();

  @AfterEach
  void everythingIsFreed() {
    assertThat(NativeCounters.open()).isEqualTo(before);
  }

  @Test
  void eachPrecisionHasItsRewrite() throws Exception {
    assertThat(rewrites(Precision.FLOAT16).getAutoMixedPrecision()).isEqualTo(Toggle.ON);
    assertThat(rewrites(Precision.BFLOAT16).getAutoMixedPrecisionOnednnBfloat16())
        .isEqualTo(Toggle.ON);
    assertThat(rewrites(Precision.TF32))
        .isEqualTo(rewrites(Precision.FLOAT32))
        .returns(Toggle.DEFAULT, RewriterConfig::getAutoMixedPrecision)
        .returns(Toggle.DEFAULT, RewriterConfig::getAutoMixedPrecisionOnednnBfloat16);
  }

  private static RewriterConfig rewrites(Precision precision) throws Exception {
    return ConfigProto.parseFrom(SessionConfig.model(CPU.withPrecision(precision)))
        .getGraphOptions()
        .getRewriteOptions();
  }

  @Test
  void onACpuTf32IsFloat32ToTheBit() throws Exception {
    assertThat(answers(Precision.TF32)).isEqualTo(answers(Precision.FLOAT32));
  }

  /** Where oneDNN or the CPU lacks it, TensorFlow may leave the model as it is. */
  @Test
  void bfloat16OnACpuIsNearFloat32() throws Exception {
    List<Float> exact = answers(Precision.FLOAT32);
    List<Float> rounded = answers(Precision.BFLOAT16);
    for (int i = 0; i < exact.size(); i++) {
      assertThat(rounded.get(i)).isCloseTo(exact.get(i), within(exact.get(i)));
    }
    Path processor = Path.of("/proc/cpuinfo");
    if (Files.exists(processor) && Files.readString(processor).contains("avx512_bf16")) {
      assertThat(rounded).isNotEqualTo(exact);
    }
  }

  private static org.assertj.core.data.Offset<Float> within(float value) {
    return org.assertj.core.data.Offset.offset(Math.abs(value) * 0.03f + 0.5f);
  }

  private static List<Float> answers(Precision precision) throws Exception {
    try (var predictor = TensorFlowPredictor.open(MODEL, CPU.withPrecision(precision), 4);
        var buffer = predictor.allocate(4)) {
      var random = new Random(1);
      byte[] pixels = new byte[predictor.slotBytes()];
      for (int i = 0; i < 4; i++) {
        random.nextBytes(pixels);
        buffer.slot(i).put(pixels);
      }
      var answers = new ArrayList<Float>();
      for (var slot : predictor.run(buffer, 0, 4, () -> {})) {
        for (float value : (float[]) slot.get(0).values()) {
          answers.add(value);
        }
      }
      return answers;
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Device.class,
      names = {"AUTO", "CPU"})
  void float16OnACpuIsRefused(Device device) {
    var options = new DeviceOptions(device, 1, "", false).withPrecision(Precision.FLOAT16);
    assertThatThrownBy(() -> TensorFlowPredictor.open(MODEL, options))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("--precision float16 needs a GPU")
        .hasMessageContaining("take bfloat16 or float32");
  }

  @Test
  void tf32IsSwitchedOffOnceAndBeforeTheFirstSession() throws Exception {
    var switched = new AtomicInteger();
    var tf32 = new Tf32(switched::incrementAndGet);
    tf32.before(Precision.FLOAT32);
    assertThat(switched).hasValue(1);
    tf32.onGpu(Precision.FLOAT32);
    tf32.before(Precision.FLOAT32);
    tf32.onGpu(Precision.FLOAT32);
    assertThat(switched).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"TF32", "FLOAT16"})
  void float32AfterTf32WasUsedIsRefused(Precision first) throws Exception {
    var switched = new AtomicInteger();
    var tf32 = new Tf32(switched::incrementAndGet);
    tf32.before(first);
    tf32.onGpu(first);
    assertThatThrownBy(() -> tf32.before(Precision.FLOAT32))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("new Spark application");
    tf32.before(first);
    assertThat(switched).hasValue(0);
  }

  @Test
  void aSessionThatWasNotOnAGpuDecidesNothing() throws Exception {
    var switched = new AtomicInteger();
    var tf32 = new Tf32(switched::incrementAndGet);
    tf32.before(Precision.TF32);
    tf32.before(Precision.FLOAT32);
    assertThat(switched).hasValue(1);
    tf32.onGpu(Precision.TF32);
    tf32.before(Precision.FLOAT32);
  }

  /** What a GPU makes of it cannot be seen here, but whether TensorFlow was told. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void tensorFlowIsTold() throws Exception {
    var options = new DeviceOptions(Device.AUTO, 1, "", false).withPrecision(Precision.FLOAT32);
    try (var predictor = TensorFlowPredictor.open(MODEL, options)) {
      assertThat(predictor.outputBytes()).isEqualTo(Networks.FILTERS * 4L);
    }
    int allowed =
        NativeLibrary.getInstance("libtensorflow_framework.so.2")
            .getFunction("_ZN3tsl33tensor_float_32_execution_enabledEv")
            .invokeInt(new Object[0]);
    assertThat(allowed & 0xff).isZero();
  }
}
