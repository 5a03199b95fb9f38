package io.stoker.runtime;

import io.stoker.model.DataType;
import io.stoker.model.Head;
import io.stoker.model.InputLayout;
import io.stoker.model.ModelException;
import io.stoker.model.ResolvedModel;
import io.stoker.model.SplicedModel;
import io.stoker.tensorflow.Splicer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts a model, the flags and the regions' shapes together. */
final class PreparedJobs {
  private PreparedJobs() {}

  /**
   * The job that executors are sent.
   *
   * @throws RefusedException with everything that does not fit together
   */
  static PreparedJob of(PredictSpec spec, ResolvedModel model, RegionShapes shapes) {
    InputLayout layout = layout(model);
    var problems = new LinkedHashSet<String>();
    checkBatch(spec, layout, problems);
    HeadPlan plan = plan(spec, shapes, layout, problems);
    // Without a plan the answers can still be looked at, if the images' size is known.
    Head head = plan == null ? HeadPlan.standIn(layout) : plan.head();
    SplicedModel spliced = head == null ? null : splice(spec, model, head, problems);
    List<OutputColumn> columns =
        spliced == null ? List.of() : columns(spec, model, spliced, problems);
    if (!problems.isEmpty() || plan == null || spliced == null) {
      throw new RefusedException(List.copyOf(problems));
    }
    return new PreparedJob(
        spec,
        Fingerprint.of(spec, model.sha256(), plan.head(), Preprocessing.sha256(spec.preprocess())),
        model.sha256(),
        model.optimization(),
        spliced,
        plan.slot(),
        plan.filling(),
        columns);
  }

  /** See {@link CheckedJob#floatFed}. */
  static SplicedModel floatFed(PredictSpec spec, ResolvedModel model, RegionShapes shapes) {
    try {
      Head head = HeadPlan.of(spec, shapes, layout(model)).head().withSlotType(DataType.FLOAT32);
      return Splicer.splice(model, head, spec.tail());
    } catch (ModelException e) {
      throw new RefusedException(e.problems());
    }
  }

  /**
   * What would be wrong with the job, as far as that can be told before the regions are known.
   * Whether all boxes have one size changes who resizes, but not what is refused.
   */
  static List<String> problems(PredictSpec spec, ResolvedModel model) {
    InputLayout layout = layout(model);
    if (!HeadPlan.knowsSize(spec, layout)) {
      var problems = new ArrayList<String>();
      checkBatch(spec, layout, problems);
      HeadPlan.channels(spec, layout, problems);
      return problems;
    }
    try {
      of(spec, model, new RegionShapes(0, null));
      return List.of();
    } catch (RefusedException e) {
      return e.problems();
    }
  }

  private static InputLayout layout(ResolvedModel model) {
    try {
      return InputLayout.of(model.input());
    } catch (ModelException e) {
      throw new IllegalStateException("a resolved model takes images", e);
    }
  }

  private static @Nullable HeadPlan plan(
      PredictSpec spec, RegionShapes shapes, InputLayout layout, Collection<String> problems) {
    try {
      return HeadPlan.of(spec, shapes, layout);
    } catch (RefusedException e) {
      problems.addAll(e.problems());
      return null;
    }
  }

  private static @Nullable SplicedModel splice(
      PredictSpec spec, ResolvedModel model, Head head, Collection<String> problems) {
    try {
      return Splicer.splice(model, head, spec.tail());
    } catch (ModelException e) {
      problems.addAll(e.problems());
      return null;
    }
  }

  private static void checkBatch(
      PredictSpec spec, InputLayout layout, Collection<String> problems) {
    int asked = spec.resources().batch();
    int fixed = layout.fixedBatch();
    if (fixed != 0 && asked != 0 && asked != fixed) {
      problems.add(
          "--batch "
              + asked
              + ", but the model only takes batches of "
              + fixed
              + "; leave --batch out");
    }
  }

  private static List<OutputColumn> columns(
      PredictSpec spec, ResolvedModel model, SplicedModel spliced, Collection<String> problems) {
    List<Long> shape = model.fetches().get(0).shape();
    long classes = shape == null || shape.isEmpty() ? -1 : shape.get(shape.size() - 1);
    return OutputColumns.of(spliced, spec.tail(), spec.vectors(), spec.labels(), classes, problems);
  }
}
