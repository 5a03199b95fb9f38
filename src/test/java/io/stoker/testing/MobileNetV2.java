package io.stoker.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorflow.proto.GraphDef;

/**
 * A frozen MobileNetV2 (width 1, as Keras lays it out) with seeded random weights: as much work as
 * the real one, 14 MB.
 *
 * <p>{@code java io.stoker.testing.MobileNetV2 FILE.pb [SIDE]} writes it.
 */
public final class MobileNetV2 {
  /** Expansion, channels, blocks, stride of the first (Sandler et al., 2018, table 2). */
  private static final int[][] STAGES = {
    {1, 16, 1, 1},
    {6, 24, 2, 2},
    {6, 32, 3, 2},
    {6, 64, 4, 2},
    {6, 96, 3, 1},
    {6, 160, 3, 2},
    {6, 320, 1, 1}
  };

  private static final int LAST = 1280;

  private final FrozenGraph graph;

  private MobileNetV2(long seed) {
    graph = new FrozenGraph(seed, 1.6);
  }

  /** Writes the graph to a file. */
  public static void main(String[] arguments) throws IOException {
    int side = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 224;
    Files.write(Path.of(arguments[0]), graph(side, 1).toByteArray());
  }

  /** The graph for images of {@code side} × {@code side} pixels. */
  public static GraphDef graph(int side, long seed) {
    return Calibration.calibrated(new MobileNetV2(seed).build(side), side, seed);
  }

  private GraphDef build(int side) {
    String x = convolved("stem", graph.image(side), 3, 2, 3, 32);
    int channels = 32;
    int number = 0;
    for (int[] stage : STAGES) {
      for (int block = 0; block < stage[2]; block++) {
        x = block("block" + number++, x, channels, stage[0], stage[1], block == 0 ? stage[3] : 1);
        channels = stage[1];
      }
    }
    x = convolved("last", x, 1, 1, channels, LAST);
    return graph.classified(graph.mean("pool", x, false), LAST);
  }

  private String block(String name, String input, int in, int expansion, int out, int stride) {
    int inner = in * expansion;
    String x = expansion == 1 ? input : convolved(name + "/expand", input, 1, 1, in, inner);
    String depth = name + "/depth";
    x = graph.norm(depth, graph.depthwise(depth, x, 3, stride, inner), inner);
    x = graph.relu6(depth, x);
    String project = name + "/project";
    x = graph.norm(project, graph.conv(project, x, 1, 1, inner, out), out);
    return stride == 1 && in == out ? graph.sum(name, x, input) : x;
  }

  private String convolved(String name, String input, int side, int stride, int in, int out) {
    String x = graph.conv(name, input, side, stride, in, out);
    return graph.relu6(name, graph.norm(name, x, out));
  }
}
