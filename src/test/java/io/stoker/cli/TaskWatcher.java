package io.stoker.cli;

import java.util.Timer;
import java.util.TimerTask;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * A listener for {@code spark.extraListeners}, which tells on stderr of tasks that were killed and
 * of second copies, and kills where {@code spark.stoker.test.kill} says so: each stage's first
 * task, so many milliseconds after its first attempt began, if it still runs.
 */
public final class TaskWatcher extends SparkListener {
  private final long killAfterMillis;
  private final Timer timer = new Timer("kills-tasks", true);

  /** For Spark. */
  public TaskWatcher(SparkConf conf) {
    killAfterMillis = conf.getLong("spark.stoker.test.kill", -1);
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart start) {
    if (start.taskInfo().speculative()) {
      System.err.println("watcher: a second copy");
    }
    if (killAfterMillis >= 0
        && start.taskInfo().index() == 0
        && start.taskInfo().attemptNumber() == 0) {
      long id = start.taskInfo().taskId();
      timer.schedule(
          new TimerTask() {
            @Override
            public void run() {
              SparkContext.getOrCreate().killTaskAttempt(id, true, "for a test");
            }
          },
          killAfterMillis);
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    if (end.taskInfo().killed()) {
      System.err.println("watcher: killed, " + end.reason());
    }
  }
}
