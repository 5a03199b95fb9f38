package io.stoker.tools;

import io.stoker.example.ExampleData;
import io.stoker.example.ExampleModel;
import io.stoker.example.LandCover;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.tensorflow.proto.GraphDef;

/**
 * Trains the example's network and writes it where it is committed: {@code src/tools/train-example}
 * runs this. Minutes on two cores.
 */
final class TrainExample {
  private static final long WEIGHTS_SEED = 7;

  /** Scenes 1 to 90; nothing else may be tested on them. */
  private static final long FIRST_TRAINING_SCENE = 1;

  private static final int TRAINING_SCENES = 90;
  private static final int REGIONS_PER_SCENE = 240;
  private static final int EPOCHS = 10;
  private static final float LEARNING_RATE = 3e-3f;

  private TrainExample() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      System.err.println("expected one argument, the folder to write the network into");
      System.exit(2);
    }
    Path folder = Files.createDirectories(Path.of(args[0]));
    GraphDef frozen = train();
    Path graph = folder.resolve(ExampleModel.GRAPH);
    Files.write(graph, frozen.toByteArray());
    Files.write(
        folder.resolve(ExampleModel.LABELS),
        LandCover.all().stream().map(LandCover::label).toList());
    System.out.printf("%s: %,d bytes%n", graph, Files.size(graph));
    report(frozen);
  }

  /** On the example itself: its scenes are none of the trained ones. */
  private static void report(GraphDef frozen) throws IOException {
    Path folder = Files.createTempDirectory("stoker-example");
    var example = ExampleData.write(folder, ExampleData.DEFAULT_SEED);
    var accuracy = LandCoverAccuracy.measure(frozen, example.manifest());
    System.out.printf(
        "right about %,d of %,d regions of %d scenes not trained on: %.2f %%%n",
        accuracy.right(), accuracy.regions(), example.images().size(), 100 * accuracy.share());
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static GraphDef train() {
    var samples = LandCoverSamples.draw(FIRST_TRAINING_SCENE, TRAINING_SCENES, REGIONS_PER_SCENE);
    System.out.printf("%,d regions of %d scenes%n", samples.count(), TRAINING_SCENES);
    try (var trainer = new LandCoverTrainer(WEIGHTS_SEED)) {
      trainer.train(samples, EPOCHS, LEARNING_RATE);
      return trainer.freeze();
    }
  }
}
