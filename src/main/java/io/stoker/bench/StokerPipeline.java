package io.stoker.bench;

import io.stoker.pipeline.PipelineReport;
import io.stoker.region.Region;
import io.stoker.region.RegionResult;
import io.stoker.runtime.PreparedJob;
import io.stoker.runtime.RuntimeTask;
import io.stoker.runtime.Runtimes;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Our runtime as an executor has it, without Spark: as many tasks at once as there would be. */
final class StokerPipeline implements Strategy {
  private final Workload work;
  private final Crew crew;

  /** Regions that failed in the last pass. */
  private final ConcurrentLinkedQueue<RegionResult.Failed> failed = new ConcurrentLinkedQueue<>();

  /** Of all tasks, at their begin and end. */
  private final ConcurrentLinkedQueue<PipelineReport> reports = new ConcurrentLinkedQueue<>();

  StokerPipeline(Workload work) {
    this.work = work;
    this.crew = new Crew(Math.max(1, work.resources().tasks()), "bench-stoker");
  }

  @Override
  public int regions() {
    return work.regions().size();
  }

  @Override
  public Pass pass(Answers answers) throws Exception {
    failed.clear();
    long begin = System.nanoTime();
    List<Region> regions = work.regions();
    int tasks = Math.max(1, Math.min(work.resources().tasks(), regions.size() / work.batch()));
    reports.clear();
    for (int task = 0; task < tasks; task++) {
      int from = (int) ((long) regions.size() * task / tasks);
      int to = (int) ((long) regions.size() * (task + 1) / tasks);
      crew.start(
          () -> {
            predict(regions.subList(from, to), answers);
            return true;
          });
    }
    crew.join();
    long nanos = System.nanoTime() - begin;
    List<PipelineReport> seen =
        reports.stream().sorted(Comparator.comparingLong(PipelineReport::regions)).toList();
    PipelineReport done = seen.get(seen.size() - 1).minus(seen.get(0));
    return Pass.of(regions.size(), nanos, 1 - done.starvedShare()).noted(StageNote.of(done));
  }

  private void predict(List<Region> regions, Answers answers) {
    PreparedJob job = work.job();
    try (RuntimeTask task =
        Runtimes.open(job.key(), () -> job, work.resources(), regions.iterator(), true)) {
      reports.add(task.report().pipeline());
      while (task.hasNext()) {
        RegionResult result = task.next();
        if (result instanceof RegionResult.Ok ok) {
          answers.put((int) result.region().id(), ok.outputs());
        } else {
          failed.add((RegionResult.Failed) result);
        }
      }
      reports.add(task.report().pipeline());
    }
  }

  /** What the last pass could not predict. */
  List<RegionResult.Failed> failed() {
    return List.copyOf(failed);
  }

  @Override
  public void close() {
    crew.close();
  }
}
