package io.stoker.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorflow.proto.GraphDef;

/**
 * A frozen ResNet-50 (v1, as Keras lays it out, but without biases before normalisations) with
 * seeded random weights: as much work as the real one, 102 MB, and nothing to download.
 *
 * <p>{@code java io.stoker.testing.ResNet50 FILE.pb [SIDE]} writes it.
 */
public final class ResNet50 {
  /** Blocks a stage, and the channels of their inner convolutions (He et al., 2015, table 1). */
  private static final int[][] STAGES = {{3, 64}, {4, 128}, {6, 256}, {3, 512}};

  private final FrozenGraph graph;

  private ResNet50(long seed) {
    graph = new FrozenGraph(seed, 0.7);
  }

  /** Writes the graph to a file. */
  public static void main(String[] arguments) throws IOException {
    int side = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 224;
    Files.write(Path.of(arguments[0]), graph(side, 1).toByteArray());
  }

  /** The graph for images of {@code side} × {@code side} pixels. */
  public static GraphDef graph(int side, long seed) {
    return Calibration.calibrated(new ResNet50(seed).build(side), side, seed);
  }

  private GraphDef build(int side) {
    String x = convolved("conv1", graph.image(side), 7, 2, 3, 64);
    x = graph.maxPool("pool1", x, 3, 2);
    int channels = 64;
    for (int stage = 0; stage < STAGES.length; stage++) {
      for (int block = 0; block < STAGES[stage][0]; block++) {
        int stride = block == 0 && stage > 0 ? 2 : 1;
        String name = "stage" + (stage + 2) + "/block" + (block + 1);
        x = block(name, x, channels, STAGES[stage][1], stride, block == 0);
        channels = 4 * STAGES[stage][1];
      }
    }
    return graph.classified(graph.mean("pool", x, false), channels);
  }

  private String block(
      String name, String input, int channels, int inner, int stride, boolean project) {
    String shortcut = input;
    if (project) {
      String side = name + "/shortcut";
      String projected = graph.conv(side, input, 1, stride, channels, 4 * inner);
      shortcut = graph.norm(side, projected, 4 * inner);
    }
    String x = convolved(name + "/a", input, 1, stride, channels, inner);
    x = convolved(name + "/b", x, 3, 1, inner, inner);
    String last = name + "/c";
    x = graph.norm(last, graph.conv(last, x, 1, 1, inner, 4 * inner), 4 * inner);
    return graph.relu(name, graph.sum(name, x, shortcut));
  }

  private String convolved(String name, String input, int side, int stride, int in, int out) {
    String x = graph.conv(name, input, side, stride, in, out);
    return graph.relu(name, graph.norm(name, x, out));
  }
}
