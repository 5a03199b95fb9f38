package io.stoker.runtime;

import io.stoker.model.Head;
import io.stoker.model.InputLayout;
import io.stoker.model.ModelException;
import io.stoker.model.ModelFile;
import io.stoker.model.ResolvedModel;
import io.stoker.model.SplicedModel;
import io.stoker.tensorflow.ModelLoader;
import io.stoker.tensorflow.Splicer;
import io.stoker.tensorflow.TensorFlowPredictor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The driver's half: makes a job ready, or refuses it. Thread-safe. */
public final class Preparation {
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
      ResolvedModel model = resolve(file, spec, cores);
      if (!problems.isEmpty()) {
        throw new RefusedException(problems);
      }
      CheckedJob job = shapes -> prepare(complete, model, shapes);
      if (HeadPlan.knowsSize(spec, InputLayout.of(model.input()))) {
        // Whether all boxes have one size changes who resizes, but not what is refused.
        job.prepare(new RegionShapes(0, null));
      }
      return job;
    } catch (ModelException e) {
      problems.addAll(e.problems());
      throw new RefusedException(problems);
    }
  }

  private static PredictSpec withLabels(
      PredictSpec spec, Map<String, String> hadoop, List<String> problems) {
    String file = spec.labelsLocation();
    return file == null || !spec.labels().isEmpty()
        ? spec
        : spec.withLabels(Labels.read(file, hadoop, problems));
  }

  /** TensorFlow's version. Loads its native library. */
  public static String tensorFlowVersion() {
    return TensorFlowPredictor.version();
  }

  private static PreparedJob prepare(PredictSpec spec, ResolvedModel model, RegionShapes shapes)
      throws RefusedException {
    try {
      HeadPlan plan = HeadPlan.of(spec, shapes, InputLayout.of(model.input()));
      Head head = plan.head();
      SplicedModel spliced = Splicer.splice(model, head, spec.tail());
      checkBatch(spec, spliced);
      return new PreparedJob(
          spec,
          Fingerprint.of(spec, model.sha256(), head, Preprocessing.sha256(spec.preprocess())),
          model.sha256(),
          spliced,
          plan.slot(),
          plan.filling(),
          columns(spec, model, spliced));
    } catch (ModelException e) {
      throw new RefusedException(e.problems());
    }
  }

  private static ResolvedModel resolve(ModelFile file, PredictSpec spec, int cores)
      throws ModelException {
    boolean gpu = spec.resources().device() == PredictSpec.Device.GPU;
    int intraOp = cores == 0 ? 0 : Threads.of(spec.resources(), cores, gpu).intraOp();
    try (var scratch = Scratch.create()) {
      return ModelLoader.resolve(file, spec.request(), scratch.folder(), intraOp);
    }
  }

  private static void checkBatch(PredictSpec spec, SplicedModel model) throws RefusedException {
    int asked = spec.resources().batch();
    int fixed = model.fixedBatch();
    if (fixed != 0 && asked != 0 && asked != fixed) {
      throw new RefusedException(
          List.of(
              "--batch "
                  + asked
                  + ", but the model only takes batches of "
                  + fixed
                  + "; leave --batch out"));
    }
  }

  private static List<OutputColumn> columns(
      PredictSpec spec, ResolvedModel model, SplicedModel spliced) throws RefusedException {
    var problems = new ArrayList<String>();
    List<Long> shape = model.fetches().get(0).shape();
    long classes = shape == null || shape.isEmpty() ? -1 : shape.get(shape.size() - 1);
    List<OutputColumn> columns =
        OutputColumns.of(spliced, spec.tail(), spec.vectors(), spec.labels(), classes, problems);
    if (!problems.isEmpty()) {
      throw new RefusedException(problems);
    }
    return columns;
  }
}
