package io.stoker.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stoker.model.ChannelOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** One mistake about a model does not hide the next. */
final class ModelCheckTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void mistakesBehindAnAmbiguousOutputAreToldWithIt() throws Exception {
    Path model = twoOutputs("photo");
    PredictSpec spec = mistaken(PredictSpec.model(model.toString()));
    assertThat(problems(spec))
        .hasSize(4)
        .anyMatch(problem -> problem.contains("choose with --fetch"))
        .anyMatch(problem -> problem.contains("--batch 8"))
        .anyMatch(problem -> problem.contains("--channels gray"))
        .anyMatch(problem -> problem.contains("--input-size 64"));
  }

  @Test
  void mistakesBehindAMisspeltInputAndAMissingFeedAreToldWithThem() throws Exception {
    Path model = twoOutputs("photo");
    PredictSpec spec =
        mistaken(PredictSpec.model(model.toString()).fetch("scores").input("photos"));
    assertThat(problems(spec))
        .hasSize(6)
        .anyMatch(problem -> problem.contains("no input named photos"))
        .anyMatch(problem -> problem.contains("--feed keep=VALUE"))
        .anyMatch(problem -> problem.contains("--batch 8"))
        .anyMatch(problem -> problem.contains("--labels has 2 names"));
  }

  @Test
  void whatIsWrongWithOneChoiceOnlyIsNotTold() throws Exception {
    // "plain" needs no feed, "scores" does.
    PredictSpec spec = PredictSpec.model(twoOutputs("photo").toString()).build();
    assertThat(problems(spec))
        .singleElement()
        .asString()
        .contains("choose with --fetch: plain", "scores");
  }

  @Test
  void severalInputsAreToldWithWhatIsWrongForEach() throws Exception {
    Path model = twoOutputs("left", "right");
    PredictSpec spec = mistaken(PredictSpec.model(model.toString()).fetch("plain"));
    assertThat(problems(spec))
        .hasSize(5)
        .anyMatch(problem -> problem.contains("choose with --input"))
        .anyMatch(problem -> problem.contains("--channels gray"));
  }

  /** The batch, the channels, the size and the labels, all wrong. */
  private PredictSpec mistaken(PredictSpec.Builder spec) throws Exception {
    Path labels = folder.resolve("labels.txt");
    Files.write(labels, List.of("cat", "dog"));
    return spec.batch(8)
        .channels(ChannelOrder.GRAY)
        .inputSize(new Size(64, 64))
        .argmax()
        .labelsFile(labels.toString())
        .build();
  }

  private static List<String> problems(PredictSpec spec) {
    return catchThrowableOfType(RefusedException.class, () -> Preparation.check(spec, 1, Map.of()))
        .problems();
  }

  /** Four images of 32x32x3 in; {@code plain}, and {@code scores}, which needs {@code keep}. */
  private Path twoOutputs(String... inputs) throws Exception {
    try (var graph = new Graph()) {
      Ops ops = Ops.create(graph);
      Operand<TFloat32> sum = null;
      for (String input : inputs) {
        Operand<TFloat32> image =
            ops.withName(input)
                .placeholder(TFloat32.class, Placeholder.shape(Shape.of(4, 32, 32, 3)));
        sum = sum == null ? image : ops.math.add(sum, image);
      }
      Operand<TFloat32> mean = ops.math.mean(sum, ops.constant(new int[] {1, 2}));
      ops.withName("plain").math.neg(mean);
      Operand<TFloat32> keep =
          ops.withName("keep").placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
      ops.withName("scores").math.mul(mean, keep);
      Path file = folder.resolve("model.pb");
      Files.write(file, graph.toGraphDef().toByteArray());
      return file;
    }
  }
}
