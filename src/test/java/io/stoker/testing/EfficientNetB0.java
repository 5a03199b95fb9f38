package io.stoker.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorflow.proto.GraphDef;

/**
 * A frozen EfficientNet-B0 (as Keras lays it out, but without its normalisation of pixels) with
 * seeded random weights: as much work as the real one, 21 MB.
 *
 * <p>{@code java io.stoker.testing.EfficientNetB0 FILE.pb [SIDE]} writes it.
 */
public final class EfficientNetB0 {
  /** Kernel, channels, blocks, stride of the first, expansion (Tan and Le, 2019, table 1). */
  private static final int[][] STAGES = {
    {3, 16, 1, 1, 1},
    {3, 24, 2, 2, 6},
    {5, 40, 2, 2, 6},
    {3, 80, 3, 2, 6},
    {5, 112, 3, 1, 6},
    {5, 192, 4, 2, 6},
    {3, 320, 1, 1, 6}
  };

  private static final int LAST = 1280;

  /** Squeezed to a quarter of a block's input. */
  private static final int SQUEEZE = 4;

  private final FrozenGraph graph;

  private EfficientNetB0(long seed) {
    graph = new FrozenGraph(seed, 2);
  }

  /** Writes the graph to a file. */
  public static void main(String[] arguments) throws IOException {
    int side = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 224;
    Files.write(Path.of(arguments[0]), graph(side, 1).toByteArray());
  }

  /** The graph for images of {@code side} × {@code side} pixels. */
  public static GraphDef graph(int side, long seed) {
    return Calibration.calibrated(new EfficientNetB0(seed).build(side), side, seed);
  }

  private GraphDef build(int side) {
    String x = convolved("stem", graph.image(side), 3, 2, 3, 32);
    int channels = 32;
    int number = 0;
    for (int[] stage : STAGES) {
      for (int block = 0; block < stage[2]; block++) {
        int stride = block == 0 ? stage[3] : 1;
        x = block("block" + number++, x, stage[0], channels, stage[1], stride, stage[4]);
        channels = stage[1];
      }
    }
    x = convolved("last", x, 1, 1, channels, LAST);
    return graph.classified(graph.mean("pool", x, false), LAST);
  }

  private String block(
      String name, String input, int kernel, int in, int out, int stride, int expansion) {
    int inner = in * expansion;
    String x = expansion == 1 ? input : convolved(name + "/expand", input, 1, 1, in, inner);
    String depth = name + "/depth";
    x = graph.norm(depth, graph.depthwise(depth, x, kernel, stride, inner), inner);
    x = squeezed(name, graph.swish(depth, x), inner, in / SQUEEZE);
    String project = name + "/project";
    x = graph.norm(project, graph.conv(project, x, 1, 1, inner, out), out);
    return stride == 1 && in == out ? graph.sum(name, x, input) : x;
  }

  /** Each channel by a weight that depends on all (Hu et al., 2018). */
  private String squeezed(String name, String input, int channels, int few) {
    String reduce = name + "/reduce";
    String x = graph.mean(reduce, input, true);
    x = graph.bias(reduce, graph.conv(reduce, x, 1, 1, channels, few), few);
    x = graph.swish(reduce, x);
    String widen = name + "/widen";
    x = graph.bias(widen, graph.conv(widen, x, 1, 1, few, channels), channels);
    return graph.product(name, input, graph.sigmoid(widen, x));
  }

  private String convolved(String name, String input, int side, int stride, int in, int out) {
    String x = graph.conv(name, input, side, stride, in, out);
    return graph.swish(name, graph.norm(name, x, out));
  }
}
