package io.stoker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/** The networks to measure with are as large as those that they stand for, and alive. */
final class BenchModelsTest {
  private static final long SEED = 4;
  private static final int SIDE = 64;

  static Stream<Arguments> models() {
    return Stream.of(
        // 25,636,712 in Keras, less the biases of 53 convolutions.
        Arguments.of(ResNet50.graph(SIDE, SEED), 25_636_712 - 26_560),
        Arguments.of(MobileNetV2.graph(SIDE, SEED), 3_538_984),
        // 5,330,571 in Keras, less mean, variance and count of its normalisation of pixels.
        Arguments.of(EfficientNetB0.graph(SIDE, SEED), 5_330_571 - 7));
  }

  @ParameterizedTest
  @MethodSource("models")
  void itHasTheParametersOfTheRealOneAndTellsImagesApart(GraphDef definition, int parameters) {
    assertThat(parameters(definition)).isEqualTo(parameters);

    System.out.println("BenchModelsTest seed " + SEED);
    var random = new Random(SEED);
    var images = new float[2][SIDE][SIDE][3];
    for (float[][][] image : images) {
      double light = random.nextDouble();
      for (float[][] row : image) {
        for (float[] pixel : row) {
          pixel[0] = (float) (light * random.nextDouble());
          pixel[1] = (float) light;
          pixel[2] = (float) random.nextDouble();
        }
      }
    }
    try (var graph = new Graph();
        var input = TFloat32.tensorOf(Shape.of(2, SIDE, SIDE, 3))) {
      StdArrays.copyTo(images, input);
      graph.importGraphDef(definition);
      try (var session = new Session(graph);
          Tensor output =
              session.runner().feed("image", input).fetch("probabilities").run().get(0)) {
        var found = (TFloat32) output;
        double difference = 0;
        double sum = 0;
        for (int i = 0; i < 1000; i++) {
          sum += found.getFloat(0, i);
          difference += Math.abs(found.getFloat(0, i) - found.getFloat(1, i));
        }
        assertThat(sum).isCloseTo(1, within(1e-3));
        assertThat(difference).isBetween(1e-3, 2.0);
      }
    }
  }

  private static int parameters(GraphDef graph) {
    return graph.getNodeList().stream()
        .filter(node -> node.getOp().equals("Const"))
        .filter(node -> !node.getName().endsWith("/axes"))
        .mapToInt(BenchModelsTest::values)
        .sum();
  }

  private static int values(NodeDef node) {
    return node.getAttrOrThrow("value").getTensor().getTensorContent().size() / Float.BYTES;
  }
}
