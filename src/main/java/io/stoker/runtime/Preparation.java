package io.stoker.runtime;

import io.stoker.model.ModelException;
import io.stoker.model.ModelFacts;
import io.stoker.model.ModelFile;
import io.stoker.model.ModelOptimization;
import io.stoker.model.ModelRequest;
import io.stoker.model.ResolvedModel;
import io.stoker.model.SplicedModel;
import io.stoker.tensorflow.ModelInspector;
import io.stoker.tensorflow.ModelLoader;
import io.stoker.tensorflow.TensorFlowPredictor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The driver's half: makes a job ready, or refuses it. Thread-safe. */
public final class Preparation {
  private static final Logger LOG = LoggerFactory.getLogger(Preparation.class);

  private Preparation() {}

  /**
   * Reads the model and checks everything that needs neither an executor nor the manifest's rows:
   * they may take long to number, and nobody wants to hear then that a name was misspelt.
   *
   * @param spec what to do
   * @param cores of this process if it is an executor as well (local mode), else 0: TensorFlow's
   *     threads are as many as the process's first session asks for
   * @param hadoop file system settings by name
   * @throws RefusedException with every problem found
   */
  public static CheckedJob check(PredictSpec spec, int cores, Map<String, String> hadoop)
      throws RefusedException {
    var problems = new ArrayList<String>();
    PredictSpec complete = withLabels(spec, hadoop, problems);
    try {
      ModelFile file = ModelFiles.read(spec.modelLocation(), hadoop);
      ResolvedModel model =
          new ModelCheck(complete, request -> resolve(file, spec, request, cores)).check(problems);
      log(spec.modelLocation(), model.optimization());
      return new Checked(complete, model);
    } catch (ModelException e) {
      problems.addAll(e.problems());
      throw new RefusedException(problems);
    }
  }

  private static void log(String location, ModelOptimization optimization) {
    if (optimization.problem() == null) {
      LOG.info("Model {}: {}", location, optimization.describe());
    } else {
      LOG.warn("Model {}: {}", location, optimization.describe());
    }
  }

  /** A good model with good flags. */
  private record Checked(PredictSpec spec, ResolvedModel model) implements CheckedJob {
    @Override
    public PreparedJob prepare(RegionShapes shapes) {
      return PreparedJobs.of(spec, model, shapes);
    }

    @Override
    public SplicedModel floatFed(RegionShapes shapes) {
      return PreparedJobs.floatFed(spec, model, shapes);
    }
  }

  private static PredictSpec withLabels(
      PredictSpec spec, Map<String, String> hadoop, List<String> problems) {
    String file = spec.labelsLocation();
    return file == null || !spec.labels().isEmpty()
        ? spec
        : spec.withLabels(Labels.read(file, hadoop, problems));
  }

  /**
   * Says what a model is, read and checked as {@link #check} does.
   *
   * @param spec its location and what of it is meant; labels and the rest are not looked at
   * @param hadoop settings of the file systems
   * @throws RefusedException with every reason, if the model is refused
   */
  public static ModelFacts inspect(PredictSpec spec, Map<String, String> hadoop) {
    try (var scratch = Scratch.create()) {
      ModelFile file = ModelFiles.read(spec.modelLocation(), hadoop);
      return ModelInspector.inspect(file, spec.request(), scratch.folder());
    } catch (ModelException e) {
      throw new RefusedException(e.problems());
    }
  }

  /** TensorFlow's version. Loads its native library. */
  public static String tensorFlowVersion() {
    return TensorFlowPredictor.version();
  }

  private static ResolvedModel resolve(
      ModelFile file, PredictSpec spec, ModelRequest request, int cores) throws ModelException {
    boolean gpu = spec.resources().device() == PredictSpec.Device.GPU;
    int intraOp = cores == 0 ? 0 : Threads.of(spec.resources(), cores, gpu).intraOp();
    try (var scratch = Scratch.create()) {
      return ModelLoader.resolve(file, request, scratch.folder(), intraOp);
    }
  }
}
