package io.stoker.runtime;

import io.stoker.model.ModelException;
import io.stoker.model.ModelRequest;
import io.stoker.model.ResolvedModel;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds what is wrong with a model under a job's flags. One mistake does not hide the next: where a
 * name is missing or wrong, each that could be meant is looked at, and what is wrong with all of
 * them is told.
 *
 * @param spec with its labels
 */
record ModelCheck(PredictSpec spec, Resolver resolver) {
  /** Each choice means to read the model again. */
  private static final int MAX_CHOICES = 4;

  /** Chooses input and fetches. */
  interface Resolver {
    ResolvedModel resolve(ModelRequest request) throws ModelException;
  }

  /**
   * The model, if nothing is wrong.
   *
   * @param problems what is known to be wrong already
   * @throws RefusedException with all problems
   */
  ResolvedModel check(Collection<String> problems) {
    var all = new LinkedHashSet<>(problems);
    ResolvedModel model = null;
    try {
      model = resolver.resolve(spec.request());
      all.addAll(PreparedJobs.problems(spec, model));
    } catch (ModelException e) {
      all.addAll(problems(e));
    }
    if (model == null || !all.isEmpty()) {
      throw new RefusedException(List.copyOf(all));
    }
    return model;
  }

  private Set<String> problems(ModelException e) {
    var problems = new LinkedHashSet<>(e.problems());
    ResolvedModel rest = e.rest();
    if (rest != null) {
      problems.addAll(PreparedJobs.problems(spec, rest));
    } else if (e.choices().size() <= MAX_CHOICES) {
      problems.addAll(common(e.choices()));
    }
    return problems;
  }

  private Set<String> common(List<ModelRequest> choices) {
    Set<String> common = null;
    for (ModelRequest choice : choices) {
      Set<String> problems = problems(choice);
      if (common == null) {
        common = problems;
      } else {
        common.retainAll(problems);
      }
    }
    return common == null ? Set.of() : common;
  }

  private Set<String> problems(ModelRequest choice) {
    try {
      return new LinkedHashSet<>(PreparedJobs.problems(spec, resolver.resolve(choice)));
    } catch (ModelException e) {
      return problems(e);
    }
  }
}
