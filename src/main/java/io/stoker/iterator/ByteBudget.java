package io.stoker.iterator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Bytes that a pipeline may hold at once.
 *
 * <p>Memory is leased before it is allocated, and whoever owns it last closes the {@link Lease}.
 * Leased bytes never exceed the capacity, without exception. First come, first served: else a
 * stream of small images could starve a large one for ever.
 *
 * <p>It cannot hang as long as nobody who holds a lease waits for another: whoever is first in line
 * then waits only for leases that are closed without its help.
 *
 * <p>Thread-safe. Close it after the stages that lease from it.
 */
public final class ByteBudget implements AutoCloseable {
  private final long capacity;

  @GuardedBy("this")
  private final Deque<Lease> waiting = new ArrayDeque<>();

  @GuardedBy("this")
  private final Set<Lease> leases = new LinkedHashSet<>();

  @GuardedBy("this")
  private long leased;

  @GuardedBy("this")
  private long peak;

  /** Of the leases, those that nobody waits for any more. */
  @GuardedBy("this")
  private final Set<Lease> lost = new HashSet<>();

  @GuardedBy("this")
  private long writtenOff;

  @GuardedBy("this")
  private boolean closed;

  /** A budget of {@code capacity} bytes, at least 1. */
  public ByteBudget(long capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException(
          "byte budget is " + capacity + ", expected at least 1; raise --memory");
    }
    this.capacity = capacity;
  }

  /**
   * Waits for {@code bytes}, then takes them.
   *
   * @param bytes what the caller will allocate, at least 1
   * @param owner what for, as a leak report shall name it
   * @return empty if the budget cannot ever hold that many, which may turn out while waiting
   * @throws InterruptedException if the wait is cancelled; nothing is taken then
   * @throws IllegalStateException if the budget is closed, before or meanwhile
   */
  public synchronized Optional<Lease> acquire(long bytes, Object owner)
      throws InterruptedException {
    if (bytes < 1) {
      throw new IllegalArgumentException(owner + " asks for " + bytes + " bytes, expected >= 1");
    }
    var lease = new Lease(bytes, owner);
    waiting.addLast(lease);
    try {
      while (!closed && possible(bytes) && (waiting.peekFirst() != lease || !fits(bytes))) {
        wait();
      }
      if (closed) {
        throw new IllegalStateException(owner + " asks a closed budget for " + bytes + " bytes");
      }
      if (!possible(bytes)) {
        return Optional.empty();
      }
      leases.add(lease);
      leased += bytes;
      peak = Math.max(peak, leased);
      return Optional.of(lease);
    } finally {
      waiting.remove(lease);
      notifyAll(); // the next in line may fit as well
    }
  }

  @GuardedBy("this")
  private boolean possible(long bytes) {
    return bytes <= capacity - writtenOff;
  }

  @GuardedBy("this")
  private boolean fits(long bytes) {
    return bytes <= capacity - leased; // leased + bytes could overflow
  }

  /** The most that one lease can be: the capacity without what was written off. */
  public synchronized long available() {
    return capacity - writtenOff;
  }

  /** Bytes leased now, those written off included. */
  public synchronized long leased() {
    return leased;
  }

  /** The most bytes that were ever leased at once. */
  public synchronized long peak() {
    return peak;
  }

  /** Bytes of open leases that were written off. */
  public synchronized long writtenOff() {
    return writtenOff;
  }

  /** How many wait, for tests, which wait for it to change instead of sleeping. */
  public synchronized int waiting() {
    return waiting.size();
  }

  /**
   * Ends every wait. Idempotent.
   *
   * @throws IllegalStateException naming every open lease, but for those written off
   */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
    var leaked = new LinkedHashSet<>(leases);
    leaked.removeAll(lost);
    if (!leaked.isEmpty()) {
      throw new IllegalStateException(
          (leased - writtenOff) + " of " + capacity + " bytes leaked by " + leaked);
    }
  }

  /** Bytes taken from the budget. Closing gives them back; closing again does nothing. */
  public final class Lease implements AutoCloseable {
    private final long bytes;
    private final Object owner;

    private Lease(long bytes, Object owner) {
      this.bytes = bytes;
      this.owner = owner;
    }

    /** How many. */
    public long bytes() {
      return bytes;
    }

    /**
     * Says that nobody knows when this will be closed. The budget then counts it out of its
     * capacity, so that no request waits for it, until it is closed after all.
     */
    public void writeOff() {
      synchronized (ByteBudget.this) {
        if (leases.contains(this) && lost.add(this)) {
          ByteBudget.this.writtenOff += bytes;
          ByteBudget.this.notifyAll();
        }
      }
    }

    @Override
    public void close() {
      synchronized (ByteBudget.this) {
        if (leases.remove(this)) {
          leased -= bytes;
          if (lost.remove(this)) {
            ByteBudget.this.writtenOff -= bytes;
          }
          ByteBudget.this.notifyAll();
        }
      }
    }

    @Override
    public String toString() {
      return owner + " (" + bytes + " bytes)";
    }
  }
}
