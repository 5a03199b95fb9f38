package io.stoker.pipeline;

import io.stoker.iterator.StageClock;
import io.stoker.region.Region;
import io.stoker.region.RegionResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * One task's share of a {@link Pipeline}: the results of its regions, in their order. It works
 * ahead only while it is asked for results, so its owner's pace is the writer's backpressure.
 *
 * <p>Used by one thread, in which it reads its regions. An interrupt of that thread ends {@link
 * #next} and {@link #hasNext} with a {@link CancellationException}, and the thread stays
 * interrupted.
 */
public final class PipelineTask implements Iterator<RegionResult>, AutoCloseable {
  private final Pipeline pipeline;
  private final Client client;
  private final Iterator<Region> regions;
  private final int window;
  private final StageClock clock;

  /** Regions admitted whose answers were not taken yet, the eldest first. */
  private final Deque<Element> open = new ArrayDeque<>();

  /** Regions of one image that were read, and wait for room in the window. */
  private List<Region> waiting = List.of();

  /** The first region of the image after that. */
  private @Nullable Region following;

  private boolean exhausted;
  private long awaySince;

  PipelineTask(Pipeline pipeline, Client client, Iterator<Region> regions, int window) {
    this.pipeline = pipeline;
    this.client = client;
    this.regions = regions;
    this.window = window;
    this.clock = pipeline.floor().counters().tasks;
    this.awaySince = clock.now();
  }

  /**
   * Whether there are regions left. Reads regions, does not wait for answers. Throws as {@link
   * #next} does.
   */
  @Override
  public boolean hasNext() {
    long since = clock.outputSince(awaySince);
    Activity activity = pipeline.floor().activity();
    activity.admitting.incrementAndGet();
    try {
      check();
      admit();
      return !open.isEmpty();
    } finally {
      activity.admitting.decrementAndGet();
      awaySince = clock.busySince(since);
    }
  }

  /**
   * Waits for the next region's result.
   *
   * @throws UncheckedIOException if an image could not be read and this is not the last attempt
   * @throws PipelineException if the pipeline broke
   * @throws CancellationException if the thread is interrupted
   * @throws IllegalStateException if the task or the pipeline was closed
   * @throws NoSuchElementException if there are no regions left
   */
  @Override
  public RegionResult next() {
    if (!hasNext()) {
      throw new NoSuchElementException("every region has had its result");
    }
    long since = awaySince;
    try {
      RegionResult result = await(open.getFirst());
      open.removeFirst();
      return result;
    } finally {
      awaySince = clock.inputSince(since);
    }
  }

  private RegionResult await(Element eldest) {
    boolean waits = !client.answers().ready();
    if (waits) {
      pipeline.floor().ring().await(eldest);
    }
    try {
      RegionResult result = client.answers().take();
      if (result != null) {
        return result;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (waits) {
        pipeline.floor().ring().served(client);
      }
    }
    check();
    throw new IllegalStateException("the task is closed");
  }

  private void check() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("the task's thread was interrupted");
    }
    // Before the failure, which comes first: else a closed pipeline could look like a closed task.
    boolean cancelled = client.isCancelled();
    Throwable failure = client.answers().failure();
    if (failure instanceof IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure instanceof PipelineException e) {
      throw PipelineException.again(e);
    }
    if (failure != null || cancelled) {
      throw new IllegalStateException(
          failure == null ? "the task is closed" : failure.getMessage(), failure);
    }
  }

  /** Sends regions on their way, image by image, as far as the window allows. */
  private void admit() {
    while (!exhausted) {
      if (waiting.isEmpty()) {
        waiting = readImage();
      }
      if (waiting.isEmpty()) {
        exhausted = true;
        pipeline.floor().ring().exhausted(client);
      } else if (open.size() + waiting.size() <= window) {
        submit(waiting);
        waiting = List.of();
      } else {
        return;
      }
    }
  }

  private void submit(List<Region> image) {
    var elements = new ArrayList<Element>(image.size());
    for (Region region : image) {
      elements.add(new Element(client, client.answers().admit(), region));
    }
    open.addAll(elements);
    pipeline.submit(new ImageGroup(client, elements));
  }

  /**
   * Reads the regions of the next image, but not more than half a window: one half is read and
   * decoded then, while the answers of the other are taken.
   */
  private List<Region> readImage() {
    var image = new ArrayList<Region>();
    while (image.size() < (window + 1) / 2) {
      Region next = following;
      if (next == null && regions.hasNext()) {
        next = regions.next();
      }
      if (next == null || (!image.isEmpty() && !next.sameImage(image.get(0)))) {
        following = next;
        break;
      }
      following = null;
      image.add(next);
    }
    return image;
  }

  /**
   * Ends the task's work: at once for what has not begun; what decodes or runs just now ends by
   * itself, its answers are dropped. Does not wait. Idempotent, from any thread.
   */
  @Override
  public void close() {
    client.answers().close();
    pipeline.drop(client);
  }
}
