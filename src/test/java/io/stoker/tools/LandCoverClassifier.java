package io.stoker.tools;

import io.stoker.example.LandCover;
import io.stoker.region.Box;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** Runs the frozen network in plain TensorFlow Java, with none of Stoker's own pipeline. */
public final class LandCoverClassifier implements AutoCloseable {
  private static final int BATCH = 256;

  private final Graph graph = new Graph();
  private final LandCoverHead head;
  private final Session session;

  public LandCoverClassifier(GraphDef frozen) {
    graph.importGraphDef(frozen);
    head = LandCoverHead.build(Ops.create(graph));
    session = new Session(graph);
  }

  /** The most probable class of each box, in order. */
  public List<LandCover> classify(BufferedImage image, List<Box> boxes) {
    var classes = new ArrayList<LandCover>(boxes.size());
    for (int from = 0; from < boxes.size(); from += BATCH) {
      classes.addAll(batch(image, boxes.subList(from, Math.min(from + BATCH, boxes.size()))));
    }
    return classes;
  }

  private List<LandCover> batch(BufferedImage image, List<Box> boxes) {
    int side = boxes.get(0).width();
    byte[] pixels = new byte[boxes.size() * side * side * 3];
    for (int i = 0; i < boxes.size(); i++) {
      Pixels.copy(image, boxes.get(i), pixels, i * side * side * 3);
    }
    var shape = Shape.of(boxes.size(), side, side, 3);
    try (var regions = TUint8.tensorOf(shape, DataBuffers.of(pixels));
        var heads = session.runner().feed(head.regions(), regions).fetch(head.image()).run();
        Tensor fed = heads.get(0);
        var tails = session.runner().feed("image", fed).fetch("probabilities").run()) {
      return best((TFloat32) tails.get(0));
    }
  }

  private static List<LandCover> best(TFloat32 probabilities) {
    var classes = new ArrayList<LandCover>();
    for (long row = 0; row < probabilities.shape().get(0); row++) {
      int best = 0;
      for (int i = 1; i < LandCover.all().size(); i++) {
        if (probabilities.getFloat(row, i) > probabilities.getFloat(row, best)) {
          best = i;
        }
      }
      classes.add(LandCover.all().get(best));
    }
    return classes;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
