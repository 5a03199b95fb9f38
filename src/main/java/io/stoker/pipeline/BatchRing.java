package io.stoker.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.stoker.iterator.Ticker;
import io.stoker.model.Predictor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The batch buffers, reused for ever, and the rule when a batch goes.
 *
 * <p>A buffer is <em>free</em>, then <em>open</em> (at most one: slots are claimed from it), then
 * full, then <em>ready</em> once every slot is filled, then it runs, and returns when predictor and
 * runner have released it. Decode threads wait for a free buffer, runners for a ready one.
 *
 * <p>An open batch that is not full is taken by a runner that has nothing else to do when
 *
 * <ul>
 *   <li>every slot given out is filled, and
 *   <li>nothing can fill it any further: no region of any task is <em>pending</em>, that is
 *       admitted, but neither in a slot nor failed, and
 *   <li>somebody needs it: a task waits for an answer in it, or no task has input left.
 * </ul>
 *
 * <p>The last condition keeps a slow writer, whose task admits region by region, from running
 * batches of one. It cannot hang a task: one that waits has admitted all that its window allows,
 * and if nothing is pending the answer it waits for is in a batch that runs, is ready, or is the
 * open one, which then goes.
 *
 * <p>Thread-safe; one lock, under which nobody is called. Waits end by {@link #cancel} and {@link
 * #stop}, not by interrupts.
 */
final class BatchRing implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition bufferFreed = lock.newCondition();
  private final Condition batchReady = lock.newCondition();
  private final Condition allReturned = lock.newCondition();
  private final Ticker ticker;
  private final Activity activity;
  private final List<Batch> all = new ArrayList<>();

  @GuardedBy("lock")
  private final Deque<Batch> free = new ArrayDeque<>();

  @GuardedBy("lock")
  private final Deque<Batch> ready = new ArrayDeque<>();

  @GuardedBy("lock")
  private @Nullable Batch open;

  @GuardedBy("lock")
  private int running;

  /** Slots of a batch that are used; fewer than a buffer has once the device ran out of memory. */
  @GuardedBy("lock")
  private int batchSize;

  /** Pending regions of each open task. */
  @GuardedBy("lock")
  private final Map<Client, Integer> pending = new HashMap<>();

  @GuardedBy("lock")
  private long pendingOfAll;

  /** Tasks that may admit more. */
  @GuardedBy("lock")
  private final Set<Client> reading = new HashSet<>();

  /** What each waiting task waits for. */
  @GuardedBy("lock")
  private final Map<Client, Element> awaited = new HashMap<>();

  @GuardedBy("lock")
  private boolean stopped;

  @GuardedBy("lock")
  private boolean closed;

  @GuardedBy("lock")
  private long clockedNanos;

  @GuardedBy("lock")
  private long openNanos;

  @GuardedBy("lock")
  private Starvation starvation = Starvation.NONE;

  @GuardedBy("lock")
  private boolean begun;

  /**
   * @param activity what threads are at, to tell why the device starves
   */
  BatchRing(Predictor predictor, int batchSize, int buffers, Ticker ticker, Activity activity) {
    this.activity = activity;
    this.ticker = ticker;
    this.batchSize = batchSize;
    this.clockedNanos = ticker.nanos();
    try {
      for (int i = 0; i < buffers; i++) {
        all.add(new Batch(this, predictor.allocate(batchSize)));
      }
    } catch (Throwable t) {
      all.forEach(batch -> batch.buffer.close());
      throw t;
    }
    free.addAll(all);
  }

  // ---- Tasks

  /** A task comes in. */
  void join(Client client) {
    lock.lock();
    try {
      tick();
      pending.put(client, 0);
      reading.add(client);
    } finally {
      lock.unlock();
    }
  }

  /** Regions of the task are on their way. Does nothing if it was cancelled. */
  void admit(Client client, int regions) {
    lock.lock();
    try {
      if (pending.computeIfPresent(client, (key, count) -> count + regions) != null) {
        pendingOfAll += regions;
      }
    } finally {
      lock.unlock();
    }
  }

  /** The task has admitted all it ever will. */
  void exhausted(Client client) {
    lock.lock();
    try {
      reading.remove(client);
      wakeRunner();
    } finally {
      lock.unlock();
    }
  }

  /** The task begins to wait for that region's answer. */
  void await(Element element) {
    lock.lock();
    try {
      if (pending.containsKey(element.client())) {
        awaited.put(element.client(), element);
        wakeRunner();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The task's wait is over. */
  void served(Client client) {
    lock.lock();
    try {
      awaited.remove(client);
    } finally {
      lock.unlock();
    }
  }

  /** The task leaves, all its regions with it. What is in batches stays there, unanswered. */
  void cancel(Client client) {
    lock.lock();
    try {
      tick();
      Integer gone = pending.remove(client);
      if (gone != null) {
        pendingOfAll -= gone;
      }
      reading.remove(client);
      awaited.remove(client);
      dropDeadOpenBatch();
      bufferFreed.signalAll(); // its own claims are to give up
      wakeRunner();
    } finally {
      lock.unlock();
    }
  }

  // ---- Fetch and decode threads

  /** A pending region failed; it needs no slot any more. */
  void leave(Element element) {
    lock.lock();
    try {
      noLongerPending(element.client());
      wakeRunner();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a slot for a pending region whose bytes are at hand.
   *
   * @return to be filled at once and given to {@link #filled} or {@link #spoiled}; null if the task
   *     was cancelled or the ring was stopped
   */
  @Nullable Slot claim(Element element) {
    lock.lock();
    try {
      tick();
      while (!stopped && pending.containsKey(element.client())) {
        if (open == null) {
          open = free.pollFirst();
        }
        Batch batch = open;
        if (batch != null) {
          int index = batch.claimed++;
          batch.place(index, element);
          noLongerPending(element.client());
          if (batch.claimed >= batchSize) {
            open = null;
          }
          return new Slot(batch, index);
        }
        activity.awaitingSlot.incrementAndGet();
        bufferFreed.awaitUninterruptibly();
        activity.awaitingSlot.decrementAndGet();
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** The slot's bytes are complete. */
  void filled(Slot slot) {
    lock.lock();
    try {
      tick();
      Batch batch = slot.batch();
      batch.filled++;
      if (batch == open) {
        dropDeadOpenBatch();
        wakeRunner();
      } else if (batch.filled == batch.claimed) {
        becomeReady(batch);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Filling failed: the slot is zeroed and runs as a hole; nobody gets its answer. */
  void spoiled(Slot slot) {
    Batch.zero(slot.bytes());
    lock.lock();
    try {
      slot.batch().place(slot.index(), null);
    } finally {
      lock.unlock();
    }
    filled(slot);
  }

  // ---- Runners

  /**
   * Waits for a batch to run. The caller holds it: {@link #ended} when the last run is over, {@link
   * Batch#release} when it is done with it.
   *
   * @return null once the ring is stopped
   */
  @Nullable Batch take() {
    lock.lock();
    try {
      while (!stopped) {
        Batch batch = pollBatch();
        if (batch == null) {
          batchReady.awaitUninterruptibly();
        } else if (isWanted(batch)) {
          running++;
          batch.hold();
          return batch;
        } else {
          giveBack(batch);
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private @Nullable Batch pollBatch() {
    tick();
    Batch batch = ready.pollFirst();
    if (batch == null && canGo(open)) {
      batch = open;
      open = null;
    }
    return batch;
  }

  /** The batch's last run is over. */
  void ended() {
    lock.lock();
    try {
      tick();
      running--;
    } finally {
      lock.unlock();
    }
  }

  /** How many slots a full batch uses. */
  int batchSize() {
    lock.lock();
    try {
      return batchSize;
    } finally {
      lock.unlock();
    }
  }

  /** Uses fewer slots of each batch from now on, for the device has no memory for more. */
  void shrink(int slots) {
    lock.lock();
    try {
      batchSize = Math.max(1, Math.min(batchSize, slots));
      Batch batch = open;
      if (batch != null && batch.claimed >= batchSize) {
        open = null;
        if (batch.filled == batch.claimed) {
          becomeReady(batch);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Neither device nor runner touches the batch any more. */
  void recycle(Batch batch) {
    lock.lock();
    try {
      giveBack(batch);
    } finally {
      lock.unlock();
    }
  }

  // ---- The end

  /** Ends every wait and drops what has not begun to run. Idempotent. */
  void stop() {
    lock.lock();
    try {
      tick();
      stopped = true;
      dropReady();
      dropDeadOpenBatch();
      bufferFreed.signalAll();
      batchReady.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until every buffer has returned, then frees them. Call when no thread can claim. */
  @Override
  public void close() {
    stop();
    lock.lock();
    try {
      while (free.size() < all.size()) {
        allReturned.awaitUninterruptibly();
      }
      if (closed) {
        return;
      }
      closed = true;
    } finally {
      lock.unlock();
    }
    all.forEach(batch -> batch.buffer.close());
  }

  // ---- What it tells

  /** Time with a task open. */
  long openNanos() {
    lock.lock();
    try {
      tick();
      return openNanos;
    } finally {
      lock.unlock();
    }
  }

  /** Time with a task open, but no batch ready or running. */
  Starvation starvation() {
    lock.lock();
    try {
      tick();
      return starvation;
    } finally {
      lock.unlock();
    }
  }

  /** Tasks that are open. */
  int clients() {
    lock.lock();
    try {
      return pending.size();
    } finally {
      lock.unlock();
    }
  }

  /** Pending regions of all tasks. */
  long pendingRegions() {
    lock.lock();
    try {
      return pendingOfAll;
    } finally {
      lock.unlock();
    }
  }

  /** Whether {@link #take} would return at once. */
  boolean hasWork() {
    lock.lock();
    try {
      return stopped || !ready.isEmpty() || canGo(open);
    } finally {
      lock.unlock();
    }
  }

  /** Buffers that nobody uses. */
  int freeBuffers() {
    lock.lock();
    try {
      return free.size();
    } finally {
      lock.unlock();
    }
  }

  // ---- Under the lock

  /** Books the time since the last change; to be called before each change of what it looks at. */
  @GuardedBy("lock")
  private void tick() {
    long now = ticker.nanos();
    if (!pending.isEmpty()) {
      openNanos += now - clockedNanos;
      if (running == 0 && ready.isEmpty() && now > clockedNanos) {
        boolean onTheWay = pendingOfAll > 0 || (open != null && open.filled < open.claimed);
        starvation =
            starvation.plus(
                activity.share(now - clockedNanos, onTheWay, begun, !awaited.isEmpty()));
      }
      begun |= running > 0;
    }
    clockedNanos = now;
  }

  @GuardedBy("lock")
  private void noLongerPending(Client client) {
    if (pending.computeIfPresent(client, (key, count) -> count - 1) != null) {
      pendingOfAll--;
    }
  }

  @GuardedBy("lock")
  private void wakeRunner() {
    if (canGo(open)) {
      batchReady.signal();
    }
  }

  @GuardedBy("lock")
  private boolean canGo(@Nullable Batch batch) {
    return batch != null
        && batch.claimed > 0
        && batch.filled == batch.claimed
        && pendingOfAll == 0
        && (reading.isEmpty() || isAwaited(batch));
  }

  @GuardedBy("lock")
  private boolean isAwaited(Batch batch) {
    for (int index = 0; index < batch.claimed; index++) {
      Element element = batch.element(index);
      // Identity: awaiting a region means this very one.
      if (element != null && awaited.get(element.client()) == element) {
        return true;
      }
    }
    return false;
  }

  /** Frees the open batch if nobody wants what is in it and nobody writes to it. */
  @GuardedBy("lock")
  private void dropDeadOpenBatch() {
    Batch batch = open;
    if (batch != null && batch.filled == batch.claimed && (stopped || !isWanted(batch))) {
      open = null;
      giveBack(batch);
    }
  }

  @GuardedBy("lock")
  private boolean isWanted(Batch batch) {
    for (int index = 0; index < batch.claimed; index++) {
      Element element = batch.element(index);
      if (element != null && pending.containsKey(element.client())) {
        return true;
      }
    }
    return false;
  }

  @GuardedBy("lock")
  private void dropReady() {
    for (Batch batch = ready.pollFirst(); batch != null; batch = ready.pollFirst()) {
      giveBack(batch);
    }
  }

  @GuardedBy("lock")
  private void giveBack(Batch batch) {
    batch.clear();
    free.addLast(batch);
    bufferFreed.signalAll();
    allReturned.signalAll();
  }

  @GuardedBy("lock")
  private void becomeReady(Batch batch) {
    tick();
    ready.addLast(batch);
    batchReady.signal();
    if (stopped) {
      dropReady();
    }
  }
}
