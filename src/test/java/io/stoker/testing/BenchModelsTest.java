package io.stoker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** The networks to measure with are as large as those that they stand for, and alive. */
final class BenchModelsTest {
  private static final long SEED = 4;
  private static final int SIDE = 64;
  private static final int CLASSES = 1000;

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
    float[] images = Calibration.images(SIDE, SEED + 1);
    float[] scores = Calibration.run(definition, SIDE, images, List.of("probabilities")).get(0);
    var likeliest = new HashSet<Integer>();
    int count = scores.length / CLASSES;
    for (int image = 0; image < count; image++) {
      double sum = 0;
      int best = 0;
      for (int i = 0; i < CLASSES; i++) {
        float score = scores[image * CLASSES + i];
        sum += score;
        best = score > scores[image * CLASSES + best] ? i : best;
      }
      likeliest.add(best);
      assertThat(sum).isCloseTo(1, within(1e-3));
      assertThat(scores[image * CLASSES + best]).isBetween(2f / CLASSES, 0.99f);
    }
    // Crops of one scene may look alike.
    assertThat(likeliest).hasSizeGreaterThanOrEqualTo(count / 2);
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
