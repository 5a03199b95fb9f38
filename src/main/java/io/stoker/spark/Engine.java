package io.stoker.spark;

import io.stoker.region.Region;
import io.stoker.runtime.CheckedJob;
import io.stoker.runtime.ExecutorResources;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.Preparation;
import io.stoker.runtime.PreparedJob;
import io.stoker.runtime.RefusedException;
import io.stoker.runtime.RuntimeTask;
import io.stoker.runtime.Runtimes;
import java.io.Serializable;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Supplier;

/** What predicts, seen from here: {@link #REAL}, or a faulty one in tests. Travels to executors. */
interface Engine extends Serializable {
  /** See {@link Preparation#check}. On the driver. */
  CheckedJob check(PredictSpec spec, int cores, Map<String, String> hadoop) throws RefusedException;

  /** See {@link Runtimes#open}. On an executor. */
  RuntimeTask open(
      String key,
      Supplier<PreparedJob> job,
      ExecutorResources resources,
      Iterator<Region> regions,
      boolean lastAttempt);

  /** The one that predicts. */
  Engine REAL = RealEngine.INSTANCE;

  /** A constant, so that it is itself again on an executor. */
  enum RealEngine implements Engine {
    INSTANCE;

    @Override
    public CheckedJob check(PredictSpec spec, int cores, Map<String, String> hadoop)
        throws RefusedException {
      return Preparation.check(spec, cores, hadoop);
    }

    @Override
    public RuntimeTask open(
        String key,
        Supplier<PreparedJob> job,
        ExecutorResources resources,
        Iterator<Region> regions,
        boolean lastAttempt) {
      return Runtimes.open(key, job, resources, regions, lastAttempt);
    }
  }
}
