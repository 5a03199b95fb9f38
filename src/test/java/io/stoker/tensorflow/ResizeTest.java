package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stoker.image.Resizer;
import io.stoker.region.Pixels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.DataType;

/** The decode workers' resizing against the head's op. */
final class ResizeTest {
  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void workersAndDeviceResizeToTheSameNumbers(long seed) throws TensorFlowException {
    var random = new Random(seed);
    int height = 1 + random.nextInt(60);
    int width = 1 + random.nextInt(60);
    var resizer = new Resizer(height, width);
    // Several sources through one resizer: it keeps tables.
    for (int i = 0; i < 3; i++) {
      compare(random, resizer, height, width);
    }
  }

  private static void compare(Random random, Resizer resizer, int height, int width)
      throws TensorFlowException {
    int sourceHeight = 1 + random.nextInt(90);
    int sourceWidth = 1 + random.nextInt(90);
    byte[] bytes = new byte[sourceHeight * sourceWidth * 3];
    random.nextBytes(bytes);
    float[] expected = byOp(bytes, sourceHeight, sourceWidth, height, width);

    // A part of a larger window, as workers have it.
    int offset = random.nextInt(50);
    int stride = sourceWidth * 3 + random.nextInt(20);
    ByteBuffer window = ByteBuffer.allocateDirect(offset + stride * sourceHeight);
    for (int row = 0; row < sourceHeight; row++) {
      window.put(offset + row * stride, bytes, row * sourceWidth * 3, sourceWidth * 3);
    }
    ByteBuffer slot =
        ByteBuffer.allocateDirect(height * width * 3 * Float.BYTES).order(ByteOrder.nativeOrder());
    resizer.resize(new Pixels(sourceWidth, sourceHeight, 3, stride, window, offset), slot);
    float[] actual = new float[height * width * 3];
    slot.asFloatBuffer().get(actual);
    for (int i = 0; i < actual.length; i++) {
      // TensorFlow's build fuses multiplication and addition: the last bits differ. Values are 0
      // to 255, whose float32 spacing is up to 1.5e-5.
      assertThat(actual[i]).isCloseTo(expected[i], within(TOLERANCE));
    }
  }

  private static final float TOLERANCE = 4e-5f;

  private static float[] byOp(
      byte[] bytes, int sourceHeight, int sourceWidth, int height, int width)
      throws TensorFlowException {
    byte[] graph =
        new Graphs()
            .placeholder("in", DataType.DT_UINT8, 1, sourceHeight, sourceWidth, 3)
            .ints("size", height, width)
            .node(
                "Cast", "cast", List.of("in"), "SrcT", DataType.DT_UINT8, "DstT", DataType.DT_FLOAT)
            .node(
                "ResizeBilinear",
                "out",
                List.of("cast", "size"),
                "T",
                DataType.DT_FLOAT,
                "half_pixel_centers",
                true)
            .bytes();
    try (var value =
        NativeTensor.of(
            io.stoker.model.DataType.UINT8, new long[] {1, sourceHeight, sourceWidth, 3}, bytes)) {
      return GraphRuns.run(graph, List.of("in"), List.of(value), List.of("out")).get(0).floats();
    }
  }

  static LongStream seeds() {
    Long seed = Long.getLong("stoker.seed");
    return seed == null ? LongStream.range(0, 40) : LongStream.of(seed);
  }
}
