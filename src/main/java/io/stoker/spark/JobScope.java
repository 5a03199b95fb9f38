package io.stoker.spark;

import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * While it is open, the calling thread's Spark jobs carry a tag, by which they can be cancelled,
 * and a description. Their job group stays the caller's. Closing puts everything back.
 */
final class JobScope implements AutoCloseable {
  private static final String INTERRUPT = "spark.job.interruptOnCancel";
  private static final String DESCRIPTION = "spark.job.description";

  private final JavaSparkContext context;
  private final String tag;
  private final @Nullable String interruptBefore;
  private final @Nullable String descriptionBefore;

  JobScope(JavaSparkContext context, String run, String description) {
    this.context = context;
    this.tag = "stoker-" + run;
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

  @Override
  public void close() {
    context.removeJobTag(tag);
    context.setLocalProperty(INTERRUPT, interruptBefore);
    context.setLocalProperty(DESCRIPTION, descriptionBefore);
  }
}
