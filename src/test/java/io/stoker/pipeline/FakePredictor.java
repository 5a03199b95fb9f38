package io.stoker.pipeline;

import io.stoker.model.PredictException;
import io.stoker.model.Predictor;
import io.stoker.region.RegionOutput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers each slot with a checksum of its bytes. Releases a buffer before the run returns, after
 * it, or later from another thread, at random; checks then that nobody wrote to it meanwhile, and
 * overwrites it. What it finds wrong is in {@link #violations}.
 */
final class FakePredictor implements Predictor {
  /** Called in the runner, where it may wait or throw. */
  interface Hook {
    void beforeRun(FakeBuffer buffer, int first, int count) throws PredictException;
  }

  final Queue<String> violations = new ConcurrentLinkedQueue<>();
  final Queue<Integer> runs = new ConcurrentLinkedQueue<>();
  final AtomicInteger openBuffers = new AtomicInteger();
  final AtomicInteger allocated = new AtomicInteger();
  final AtomicInteger held = new AtomicInteger();

  /** Answers given and, as far as the test says so, not taken. */
  final AtomicInteger answers = new AtomicInteger();

  final AtomicInteger peakAnswers = new AtomicInteger();
  volatile int maxBuffers = Integer.MAX_VALUE;
  volatile boolean takesFewer;
  volatile Hook hook = (buffer, first, count) -> {};

  private final int slotBytes;
  private final int fixedBatch;
  private final Random random;
  private final ExecutorService releaser =
      Executors.newSingleThreadExecutor(
          work -> {
            var thread = new Thread(work, "fake-releaser");
            thread.setDaemon(true);
            return thread;
          });

  FakePredictor(int slotBytes, int fixedBatch, long seed) {
    this.slotBytes = slotBytes;
    this.fixedBatch = fixedBatch;
    this.random = new Random(seed);
  }

  @Override
  public String device() {
    return "fake";
  }

  @Override
  public int slotBytes() {
    return slotBytes;
  }

  @Override
  public int fixedBatch() {
    return fixedBatch;
  }

  @Override
  public boolean takesFewer() {
    return takesFewer;
  }

  @Override
  public BatchBuffer allocate(int slots) {
    if (allocated.get() == maxBuffers) {
      throw new OutOfMemoryError("no more buffers");
    }
    openBuffers.incrementAndGet();
    allocated.incrementAndGet();
    return new FakeBuffer(slots);
  }

  @Override
  public List<List<RegionOutput>> run(BatchBuffer given, int first, int count, Runnable released)
      throws PredictException {
    var buffer = (FakeBuffer) given;
    if (buffer.closed) {
      violations.add("run on a closed buffer");
    }
    boolean fits = takesFewer ? count <= fixedBatch : count == fixedBatch;
    if (fixedBatch != 0 && (!fits || first != 0)) {
      violations.add("run of " + count + " from " + first + ", fixed batch is " + fixedBatch);
    }
    runs.add(count);
    held.incrementAndGet();
    buffer.beginRun();
    List<Long> before = buffer.checksums(first, count);
    var succeeded = new AtomicBoolean();
    Runnable release =
        () -> {
          if (!buffer.checksums(first, count).equals(before)) {
            violations.add("slots were written before their release");
          }
          // The slots of a failed run may be run again.
          buffer.endRun(first, count, succeeded.get());
          held.decrementAndGet();
          released.run();
        };
    try {
      hook.beforeRun(buffer, first, count);
      var answers = new ArrayList<List<RegionOutput>>();
      for (long answer : buffer.checksums(first, count)) {
        answers.add(List.of(new RegionOutput(new int[0], new long[] {answer})));
      }
      succeeded.set(true);
      peakAnswers.accumulateAndGet(this.answers.addAndGet(count), Math::max);
      return answers;
    } finally {
      if (releasesAtOnce()) {
        release.run();
      } else {
        releaser.execute(release);
      }
    }
  }

  private synchronized boolean releasesAtOnce() {
    return random.nextInt(3) == 0;
  }

  @Override
  public void close() {
    releaser.shutdown();
  }

  /** A batch buffer on the heap. */
  final class FakeBuffer implements BatchBuffer {
    private final int slots;
    private final ByteBuffer bytes;
    private volatile boolean closed;
    private int unreleased;

    FakeBuffer(int slots) {
      this.slots = slots;
      this.bytes = ByteBuffer.allocate(slots * slotBytes);
    }

    @Override
    public int capacity() {
      return slots;
    }

    @Override
    public ByteBuffer slot(int index) {
      if (closed) {
        violations.add("slot of a closed buffer");
      }
      return bytes.slice(index * slotBytes, slotBytes).order(ByteOrder.nativeOrder());
    }

    long checksum(int index) {
      return FakeImage.answer(bytes.slice(index * slotBytes, slotBytes));
    }

    private List<Long> checksums(int first, int count) {
      var sums = new ArrayList<Long>();
      for (int index = first; index < first + count; index++) {
        sums.add(checksum(index));
      }
      return sums;
    }

    private synchronized void beginRun() {
      unreleased++;
    }

    /** Overwrites the slots, unless a run before, of more slots, still has to check them. */
    private synchronized void endRun(int first, int count, boolean succeeded) {
      if (succeeded && unreleased == 1) {
        Arrays.fill(bytes.array(), first * slotBytes, (first + count) * slotBytes, (byte) 0xA5);
      }
      unreleased--;
    }

    @Override
    public void close() {
      if (closed) {
        violations.add("buffer closed twice");
      }
      closed = true;
      openBuffers.decrementAndGet();
    }
  }
}
