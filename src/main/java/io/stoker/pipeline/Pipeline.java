package io.stoker.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.stoker.image.ImageDecoder;
import io.stoker.iterator.ByteBudget;
import io.stoker.iterator.Ticker;
import io.stoker.iterator.WorkQueue;
import io.stoker.model.Predictor;
import io.stoker.region.Region;
import io.stoker.storage.AllowedUris;
import io.stoker.storage.Storage;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * From regions to their results, once an executor: reads ahead, decodes into the slots of batches,
 * keeps several runs in flight, and puts the answers in order. Its threads, batch buffers and bytes
 * are shared by all tasks that are open.
 *
 * <p>Thread-safe. The package's page has the stages, threads and locks.
 */
public final class Pipeline implements AutoCloseable {
  /** Far longer than a run, or than a read takes to notice its interrupt. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final MemoryPlan memory;
  private final Floor floor;
  private final @Nullable SpareBuffer spare;
  private final MemoryBackOff backOff;
  private final ThreadGang fetchers = new ThreadGang("stoker-fetch");
  private final ThreadGang decoders = new ThreadGang("stoker-decode");
  private final ThreadGang runners = new ThreadGang("stoker-run");
  private final ThreadGang tuners = new ThreadGang("stoker-tune");
  private final DecodePool pool;
  private final Tuning tuning;

  @GuardedBy("this")
  private final Set<Client> clients = new LinkedHashSet<>();

  @GuardedBy("this")
  private @Nullable PipelineException broken;

  @GuardedBy("this")
  private boolean closed;

  @GuardedBy("this")
  private boolean freed;

  private Pipeline(
      PipelineOptions options,
      MemoryPlan memory,
      Predictor predictor,
      List<ImageDecoder> imageDecoders,
      Storage storage,
      Filling filling,
      Ticker ticker,
      Alarms alarms) {
    int fixed = predictor.fixedBatch();
    check(options, predictor, filling);
    this.memory = memory;
    this.backOff =
        new MemoryBackOff(
            options.inFlight(), options.batch(), fixed == 0 || predictor.takesFewer() ? 1 : fixed);
    var activity = new Activity();
    activity.decodeThreads.set(options.knobs().start().decodeThreads());
    var ring = new BatchRing(predictor, options.batch(), memory.buffers(), ticker, activity);
    try {
      this.spare = fixed > 1 ? new SpareBuffer(predictor) : null;
    } catch (Throwable t) {
      ring.close();
      throw t;
    }
    this.floor =
        new Floor(
            options,
            List.copyOf(imageDecoders),
            storage,
            filling,
            new AllowedUris(options.allowedUris()),
            new Counters(ticker),
            new ByteBudget(memory.budgetBytes()),
            ring,
            new WorkQueue<>(),
            new WorkQueue<>(),
            alarms,
            new Breakage(),
            activity,
            new Gate(options.knobs().start().decodeThreads()),
            new Gate(options.knobs().start().fetchThreads()));
    this.pool = new DecodePool(floor, decoders);
    this.tuning = new Tuning(floor, new Tuner(options.knobs()));
  }

  private static void check(PipelineOptions options, Predictor predictor, Filling filling) {
    int fixed = predictor.fixedBatch();
    if (fixed != 0 && fixed != options.batch()) {
      throw new IllegalArgumentException(
          "batch is " + options.batch() + ", expected the model's own batch of " + fixed);
    }
    if (predictor.slotBytes() != filling.slot().bytes()) {
      throw new IllegalArgumentException(
          filling.slot()
              + " has "
              + filling.slot().bytes()
              + " bytes, the predictor's slot has "
              + predictor.slotBytes());
    }
  }

  /**
   * Allocates the ring and starts the threads, which inherit the caller's context class loader.
   *
   * @param predictor runs batches; lent, must outlive the pipeline
   * @param decoders asked in order; lent, must outlive the pipeline, and longer while a decode
   *     hangs
   * @param storage where images are; lent
   * @param filling who makes a slot of a region
   * @throws IllegalArgumentException if the memory is too little (the message says how much is
   *     needed), or the options do not suit the predictor
   */
  public static Pipeline start(
      PipelineOptions options,
      Predictor predictor,
      List<ImageDecoder> decoders,
      Storage storage,
      Filling filling) {
    return start(
        options,
        MemoryPlan.of(options, filling, predictor.fixedBatch()),
        predictor,
        decoders,
        storage,
        filling,
        Ticker.SYSTEM,
        Alarms.onOneThread(new ThreadGang("stoker-alarm")));
  }

  /** With memory and time as tests want them. */
  static Pipeline start(
      PipelineOptions options,
      MemoryPlan memory,
      Predictor predictor,
      List<ImageDecoder> decoders,
      Storage storage,
      Filling filling,
      Ticker ticker,
      Alarms alarms) {
    var pipeline =
        new Pipeline(options, memory, predictor, decoders, storage, filling, ticker, alarms);
    try {
      pipeline.startThreads(predictor);
    } catch (Throwable t) { // such as no memory for another thread
      pipeline.close();
      throw t;
    }
    return pipeline;
  }

  private void startThreads(Predictor predictor) {
    PipelineOptions options = floor.options();
    for (int i = 0; i < options.inFlight(); i++) {
      startOne(runners, new Runner(floor, predictor, backOff, spare));
    }
    pool.start();
    if (!(floor.filling() instanceof Filling.Load)) {
      for (int i = 0; i < options.knobs().most().fetchThreads(); i++) {
        startOne(fetchers, new Fetcher(floor));
      }
    }
    if (options.knobs().isOpen()) {
      startOne(tuners, tuning);
    }
  }

  private void startOne(ThreadGang gang, Runnable work) {
    gang.start(
        () -> {
          try {
            work.run();
          } catch (RuntimeException | Error e) {
            floor.faults().broken(new PipelineException("a thread broke: " + e, e));
          }
        });
  }

  /**
   * Takes in a task. Where as many as planned are open, waits for one of them to be closed: the
   * driver may be wrong about how many tasks run here at once.
   *
   * @param regions read in the thread that uses the task; those of one image must follow each other
   *     to be decoded together
   * @param lastAttempt whether a file that cannot be read (a broken connection, not a missing file)
   *     fails its regions; otherwise it fails the task, for Spark to try again elsewhere
   * @throws IllegalStateException if the pipeline is closed, or if it would wait for a task that
   *     this very thread has open
   * @throws PipelineException if the pipeline is broken
   * @throws CancellationException if the thread is interrupted; it stays interrupted
   */
  public PipelineTask open(Iterator<Region> regions, boolean lastAttempt) {
    var client = new Client(memory.window(), lastAttempt, floor.counters());
    synchronized (this) {
      awaitRoom();
      clients.add(client);
    }
    floor.ring().join(client);
    if (client.isCancelled()) { // broken or closed meanwhile, before it had joined
      floor.ring().cancel(client);
    }
    return new PipelineTask(this, client, regions, memory.window());
  }

  @GuardedBy("this")
  private void awaitRoom() {
    while (true) {
      if (closed) {
        throw new IllegalStateException("the pipeline is closed");
      }
      if (broken != null) {
        throw PipelineException.again(broken);
      }
      if (clients.size() < floor.options().maxTasks()) {
        return;
      }
      if (clients.stream().anyMatch(Client::isOfThisThread)) {
        throw new IllegalStateException(
            "this thread has a task open, and memory is planned for no more than "
                + clients.size()
                + "; read one task's rows to their end before the next one's");
      }
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while other tasks were open");
      }
    }
  }

  /** Takes over regions that were admitted. */
  void submit(ImageGroup group) {
    floor.ring().admit(group.client(), group.elements().size());
    if (floor.filling() instanceof Filling.Load) {
      group.elements().forEach(element -> floor.toDecode().put(new DecodeWork.Load(element)));
    } else {
      floor.toFetch().put(group);
    }
    if (group.client().isCancelled()) { // by another thread, which may have looked too early
      dropWork(group.client());
    }
  }

  /** Ends a task's work, of which nobody waits for an answer any more. Idempotent. */
  void drop(Client client) {
    synchronized (this) {
      clients.remove(client);
      notifyAll();
    }
    client.cancellation().cancel();
    dropWork(client);
    floor.ring().cancel(client);
  }

  private void dropWork(Client client) {
    floor.toFetch().remove(group -> group.client() == client);
    floor.toDecode().remove(work -> work.client() == client).forEach(Pipeline::abandon);
  }

  private static void abandon(DecodeWork work) {
    if (work instanceof LeasedImage image) {
      image.abandon();
    }
  }

  private void endAll(Throwable cause) {
    List<Client> all;
    synchronized (this) {
      all = List.copyOf(clients);
    }
    for (Client client : all) {
      client.answers().fail(cause);
      drop(client);
    }
    floor.ring().stop();
  }

  /** What the threads report. */
  private final class Breakage implements Faults {
    @Override
    public void fail(Client client, Throwable cause) {
      client.answers().fail(cause);
      drop(client);
    }

    @Override
    public void broken(PipelineException cause) {
      synchronized (Pipeline.this) {
        if (broken == null) {
          broken = cause;
        }
        Pipeline.this.notifyAll();
      }
      endAll(cause);
    }
  }

  /** Clocks and counts since the start; cheap. */
  public PipelineReport report() {
    Counters counters = floor.counters();
    return new PipelineReport(
        floor.ring().openNanos(),
        floor.ring().starvation(),
        counters.fetch.times(),
        counters.decode.times(),
        counters.preprocess.times(),
        counters.predict.times(),
        counters.tasks.times(),
        counters.ok.sum(),
        counters.failures(),
        counters.batches.sum(),
        counters.paddedBatches.sum(),
        counters.opens.sum(),
        counters.bytesRead.sum(),
        counters.wholeDecodes.sum(),
        counters.stripDecodes.sum(),
        counters.windowDecodes.sum(),
        counters.hungDecodes.sum(),
        floor.options().memoryBytes() - memory.budgetBytes(),
        floor.budget().leased(),
        floor.budget().peak(),
        floor.knobs());
  }

  /** Regions a run, at most: fewer than at the start once the device ran out of memory. */
  public int batch() {
    return floor.ring().batchSize();
  }

  /** Runs in flight, at most: fewer than at the start once the device ran out of memory. */
  public int inFlight() {
    return backOff.limits().inFlight();
  }

  /** What was given up because the device ran out of memory; null for nothing. */
  public @Nullable BackOff backOff() {
    return backOff.given();
  }

  /** Whether every further task would fail; make a new pipeline, in a new process at best. */
  public synchronized boolean isBroken() {
    return broken != null;
  }

  /** For the tasks, and for tests. */
  Floor floor() {
    return floor;
  }

  /**
   * Ends all open tasks, joins the threads and frees the ring. A decode that hangs is not waited
   * for once it was written off. Idempotent; may be tried again after it threw.
   *
   * @throws PipelineException if threads do not end: nothing is freed that they may touch, and
   *     predictor and decoders must stay open
   * @throws IllegalStateException naming what leaked
   */
  @Override
  public void close() {
    close(CLOSE_TIMEOUT);
  }

  /** With the time that each kind of threads has to end. */
  void close(Duration timeout) {
    synchronized (this) {
      if (freed) {
        return;
      }
      closed = true;
      notifyAll();
    }
    endAll(new IllegalStateException("the pipeline was closed"));
    floor.toFetch().close();
    floor.toDecode().close();
    floor.decodeGate().close();
    floor.fetchGate().close();
    tuning.close();
    pool.close();
    var stuck = new TreeSet<String>();
    for (ThreadGang gang : List.of(fetchers, decoders, runners, tuners)) {
      stuck.addAll(gang.join(timeout));
    }
    if (!stuck.isEmpty()) {
      throw new PipelineException(
          "threads that do not end within "
              + timeout
              + ": "
              + stuck
              + "; their memory cannot be freed while this process lives");
    }
    synchronized (this) {
      if (freed) {
        return;
      }
      freed = true;
    }
    floor.alarms().close();
    floor.ring().close();
    if (spare != null) {
      spare.close();
    }
    floor.budget().close();
  }
}
