package io.stoker.spark;

import java.time.Duration;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * While it is open, the calling thread's Spark jobs carry a tag, by which they can be cancelled,
 * and a description. Their job group stays the caller's. Closing puts everything back.
 */
final class JobScope implements AutoCloseable {
  private static final String INTERRUPT = "spark.job.interruptOnCancel";
  private static final String DESCRIPTION = "spark.job.description";

  /** Longer than a task takes to notice that it is killed, shorter than users wait. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final JavaSparkContext context;
  private final String tag;
  private final LiveTasks tasks;
  private final @Nullable String interruptBefore;
  private final @Nullable String descriptionBefore;

  JobScope(JavaSparkContext context, String run, String description) {
    this.context = context;
    this.tag = "stoker-" + run;
    this.tasks = new LiveTasks(tag);
    context.sc().addSparkListener(tasks);
    interruptBefore = context.getLocalProperty(INTERRUPT);
    descriptionBefore = context.getLocalProperty(DESCRIPTION);
    context.addJobTag(tag);
    // A cancelled task waits for its results without looking at Spark: an interrupt wakes it.
    context.setInterruptOnCancel(true);
    context.setLocalProperty(DESCRIPTION, description);
  }

  /** Cancels the jobs. From any thread; returns at once. */
  void cancel() {
    context.cancelJobsWithTag(tag);
  }

  /** Cancels the jobs and waits until their tasks write no more, if that does not take long. */
  void cancelAndWait() {
    cancel();
    tasks.awaitNone(PATIENCE);
  }

  @Override
  public void close() {
    context.sc().removeSparkListener(tasks);
    context.removeJobTag(tag);
    context.setLocalProperty(INTERRUPT, interruptBefore);
    context.setLocalProperty(DESCRIPTION, descriptionBefore);
  }
}
