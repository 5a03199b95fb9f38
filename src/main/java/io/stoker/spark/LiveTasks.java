package io.stoker.spark;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Which tasks of a run are still alive. When a job is cancelled or fails, its tasks go on for a
 * moment; what they write then would outlive a folder that was deleted at once.
 *
 * <p>Spark's listener thread tells, the run's thread waits; all state is under the object's lock.
 */
final class LiveTasks extends SparkListener {
  private static final String TAGS = "spark.job.tags";

  private final String tag;

  @GuardedBy("this")
  private final Set<Integer> stages = new HashSet<>();

  @GuardedBy("this")
  private final Set<Integer> open = new HashSet<>();

  @GuardedBy("this")
  private final Set<Long> tasks = new HashSet<>();

  /**
   * @param tag of the run's jobs
   */
  LiveTasks(String tag) {
    this.tag = tag;
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
    Properties properties = event.properties();
    if (properties != null && List.of(properties.getProperty(TAGS, "").split(",")).contains(tag)) {
      stages.add(event.stageInfo().stageId());
      open.add(event.stageInfo().stageId());
    }
  }

  @Override
  public synchronized void onStageCompleted(SparkListenerStageCompleted event) {
    open.remove(event.stageInfo().stageId());
    notifyAll();
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart event) {
    if (stages.contains(event.stageId())) {
      tasks.add(event.taskInfo().taskId());
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
    tasks.remove(event.taskInfo().taskId());
    notifyAll();
  }

  /** Waits until none is alive, but no longer than that: a task may hang, an executor be lost. */
  synchronized void awaitNone(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (!open.isEmpty() || !tasks.isEmpty()) {
        long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (millis <= 0) {
          return;
        }
        wait(millis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
