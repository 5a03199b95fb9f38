package io.stoker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.region.Pixels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

final class ResizerTest {
  private static final Reference TENSORFLOW = new Reference();

  @AfterAll
  static void closeReference() {
    TENSORFLOW.close();
  }

  @ParameterizedTest(name = "{0}x{1} to {2}x{3}")
  @CsvSource({
    "450, 450, 224, 224",
    "224, 224, 224, 224",
    "100, 80, 224, 224",
    "1, 1, 5, 7",
    "5, 7, 1, 1",
    "2, 3, 299, 299",
    "1000, 30, 224, 224",
    "33, 450, 1, 224",
    "448, 448, 224, 224"
  })
  void theNumbersAreTensorFlowsBitForBit(int height, int width, int toHeight, int toWidth) {
    check(new Random(1), new Resizer(toHeight, toWidth), height, width, toHeight, toWidth);
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void theyAreForAnySizesOneAfterTheOther(long seed) {
    var random = new Random(seed);
    int toHeight = 1 + random.nextInt(300);
    int toWidth = 1 + random.nextInt(300);
    var resizer = new Resizer(toHeight, toWidth);
    for (int i = 0; i < 4; i++) {
      check(random, resizer, 1 + random.nextInt(500), 1 + random.nextInt(500), toHeight, toWidth);
    }
  }

  @Test
  void aSlotIsWrittenInItsOwnByteOrderAndOnlyThere() {
    var pixels = new Pixels(1, 1, 3, 3, ByteBuffer.wrap(new byte[] {1, 2, (byte) 255}), 0);
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      ByteBuffer slot = ByteBuffer.allocateDirect(16).order(order).putFloat(12, 7);
      slot.position(4);
      new Resizer(1, 1).resize(pixels, slot);
      assertThat(slot.position()).isEqualTo(4);
      assertThat(slot.getFloat(0)).isEqualTo(1);
      assertThat(slot.getFloat(8)).isEqualTo(255);
      assertThat(slot.getFloat(12)).isEqualTo(7);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    var gray = new Pixels(1, 1, 1, 1, ByteBuffer.allocate(1), 0);
    assertThatThrownBy(() -> new Resizer(1, 1).resize(gray, ByteBuffer.allocate(12)))
        .hasMessage("pixels have 1 channels, expected 3");
    var color = new Pixels(1, 1, 3, 3, ByteBuffer.allocate(3), 0);
    assertThatThrownBy(() -> new Resizer(1, 1).resize(color, ByteBuffer.allocate(11)))
        .hasMessage("slot has 11 bytes, expected at least 12");
    assertThatThrownBy(() -> new Resizer(0, 1)).hasMessage("size is 0, expected at least 1");
  }

  private static void check(
      Random random, Resizer resizer, int height, int width, int toHeight, int toWidth) {
    int stride = width * 3 + random.nextInt(10);
    int offset = random.nextInt(10);
    byte[] bytes = new byte[offset + height * stride];
    random.nextBytes(bytes);
    ByteBuffer data =
        random.nextBoolean()
            ? ByteBuffer.wrap(bytes).asReadOnlyBuffer()
            : ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
    ByteBuffer slot =
        ByteBuffer.allocateDirect(toHeight * toWidth * 3 * Float.BYTES)
            .order(ByteOrder.nativeOrder());

    var pixels = new Pixels(width, height, 3, stride, data, offset);
    resizer.resize(pixels, slot);

    float[] actual = new float[toHeight * toWidth * 3];
    slot.asFloatBuffer().get(actual);
    assertThat(actual).isEqualTo(TENSORFLOW.resize(pixels, toHeight, toWidth));
  }

  static LongStream seeds() {
    Long seed = Long.getLong("stoker.seed");
    return seed == null ? LongStream.range(0, 40) : LongStream.of(seed);
  }

  /** TensorFlow's own op. */
  private static final class Reference implements AutoCloseable {
    private final Graph graph = new Graph();
    private final Session session;

    Reference() {
      var ops = Ops.create(graph);
      ops.withName("resized")
          .image
          .resizeBilinear(
              ops.withName("image").placeholder(TFloat32.class),
              ops.withName("size").placeholder(TInt32.class),
              ResizeBilinear.halfPixelCenters(true));
      session = new Session(graph);
    }

    float[] resize(Pixels pixels, int height, int width) {
      float[] values = new float[pixels.height() * pixels.width() * 3];
      for (int i = 0; i < values.length; i++) {
        int pixel = i / 3;
        values[i] = pixels.value(pixel % pixels.width(), pixel / pixels.width(), i % 3);
      }
      Shape shape = Shape.of(1, pixels.height(), pixels.width(), 3);
      try (TFloat32 image = TFloat32.tensorOf(shape, DataBuffers.of(values));
          TInt32 size = TInt32.tensorOf(NdArrays.vectorOf(height, width));
          var result =
              session.runner().feed("image", image).feed("size", size).fetch("resized").run()) {
        float[] resized = new float[height * width * 3];
        ((TFloat32) result.get(0)).copyTo(DataBuffers.of(resized, false, false));
        return resized;
      }
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }
}
