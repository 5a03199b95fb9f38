package io.stoker.runtime;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.stoker.region.Region;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The executor's half: one runtime (session, decode pool, ring, budget) a process, job and GPU,
 * shared by its tasks. Thread-safe.
 *
 * <p>A runtime without tasks stays, so that the next task finds its model loaded, until the process
 * ends or another job needs its memory.
 */
public final class Runtimes {
  // Held while a model is loaded: the other tasks of an executor need that model as well, so they
  // wait here, interruptibly, since an interrupt is how Spark kills a task.
  private static final ReentrantLock LOCK = new ReentrantLock();

  @GuardedBy("LOCK")
  private static final Map<Key, ExecutorRuntime> RUNTIMES = new LinkedHashMap<>();

  @GuardedBy("LOCK")
  private static boolean severalJobs;

  private static final Object REPORTS = new Object();

  // A copy that progress reports can read while a model loads.
  @GuardedBy("REPORTS")
  private static List<ExecutorRuntime> reported = List.of();

  private Runtimes() {}

  /**
   * Joins the runtime of that job, making it if this is the first task here.
   *
   * @param key of the job: {@link PreparedJob#key()}
   * @param job called if the runtime has to be made
   * @param resources what the executor has
   * @param regions the task's regions, those of one image together; read in the calling thread
   * @param lastAttempt whether broken reads fail their regions instead of the task
   * @throws CancellationException if the thread is interrupted while it waits for the model; it
   *     stays interrupted
   * @throws RefusedException if this executor cannot run the job: no such device, too little memory
   */
  public static RuntimeTask open(
      String key,
      Supplier<PreparedJob> job,
      ExecutorResources resources,
      Iterator<Region> regions,
      boolean lastAttempt) {
    ExecutorRuntime runtime = enter(key, job, resources);
    // Outside the lock, since it may wait for another task's end.
    return runtime.open(regions, lastAttempt);
  }

  /**
   * What has a runtime of its own.
   *
   * @param job {@link PreparedJob#key()}
   * @param gpus the task's; one, or none without GPU scheduling
   */
  private record Key(String job, List<String> gpus) {}

  /**
   * What executors that have so much would refuse for lack of memory, told without one. Loads
   * nothing.
   *
   * @param gpu whether they run on GPUs, as far as is known
   */
  public static List<String> memoryProblems(
      PreparedJob job, ExecutorResources resources, boolean gpu) {
    return new RuntimeFactory(job, resources).memoryProblems(gpu);
  }

  private static ExecutorRuntime enter(
      String jobKey, Supplier<PreparedJob> job, ExecutorResources resources) {
    var key = new Key(jobKey, resources.gpuAddresses());
    lockInterruptibly();
    try {
      ExecutorRuntime known = RUNTIMES.get(key);
      if (known != null && !known.broken() && known.enter()) {
        return known;
      }
      // A broken one that has tasks left is closed by the last of them.
      if (!severalJobs) {
        closeIdle(key.job());
      }
      RUNTIMES.remove(key);
      ExecutorRuntime made = new RuntimeFactory(job.get(), resources).create();
      made.enter();
      RUNTIMES.put(key, made);
      publish();
      return made;
    } finally {
      LOCK.unlock();
    }
  }

  private static void lockInterruptibly() {
    try {
      LOCK.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while the model is loaded");
    }
  }

  /** A report of each runtime that lives in this process, for progress. Never waits for a model. */
  public static List<ExecutorReport> reports() {
    synchronized (REPORTS) {
      return reported.stream().map(ExecutorRuntime::report).toList();
    }
  }

  /**
   * Whether runtimes of several jobs stay while no task uses them, until {@link #release}: where
   * jobs take turns, and memory is known to suffice for all of them.
   */
  public static void keepSeveral(boolean several) {
    LOCK.lock();
    try {
      severalJobs = several;
    } finally {
      LOCK.unlock();
    }
  }

  /** Closes every runtime that no task uses, and gives its memory back. */
  public static void release() {
    LOCK.lock();
    try {
      closeIdle("");
    } finally {
      LOCK.unlock();
    }
  }

  @GuardedBy("LOCK")
  private static void closeIdle(String exceptOf) {
    RUNTIMES
        .entrySet()
        .removeIf(
            each -> {
              boolean wanted = each.getKey().job().equals(exceptOf) && !each.getValue().broken();
              return !wanted && each.getValue().closeIfIdle();
            });
    publish();
  }

  @GuardedBy("LOCK")
  private static void publish() {
    synchronized (REPORTS) {
      reported = List.copyOf(RUNTIMES.values());
    }
  }
}
