package io.stoker.iterator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A strict bound, first come first served. */
@Timeout(30)
final class ByteBudgetTest {
  private final ByteBudget budget = new ByteBudget(1_000);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  static LongStream seeds() {
    Long given = Long.getLong("stoker.seed");
    return given != null ? LongStream.of(given) : LongStream.range(0, 20);
  }

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  private ByteBudget.Lease take(long bytes) throws InterruptedException {
    return budget.acquire(bytes, "test").orElseThrow();
  }

  private Future<Optional<ByteBudget.Lease>> takeAside(long bytes) {
    int before = budget.waiting();
    Future<Optional<ByteBudget.Lease>> wait = threads.submit(() -> budget.acquire(bytes, "aside"));
    await().until(() -> budget.waiting() == before + 1);
    return wait;
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void leasedBytesNeverExceedTheCapacity(long seed) throws Exception {
    var held = new AtomicLong();
    var peak = new AtomicLong();
    var workers = new ArrayList<Future<?>>();
    for (int worker = 0; worker < 8; worker++) {
      var random = new Random(seed + worker);
      workers.add(
          threads.submit(
              () -> {
                for (int run = 0; run < 200; run++) {
                  try (var lease = take(1 + random.nextInt(1_000))) {
                    peak.accumulateAndGet(held.addAndGet(lease.bytes()), Math::max);
                    // Hold it a moment: without this, most seeds miss a broken bound.
                    LockSupport.parkNanos(1);
                    held.addAndGet(-lease.bytes());
                  }
                }
                return null;
              }));
    }
    for (Future<?> worker : workers) {
      worker.get();
    }
    assertThat(peak).hasValueLessThanOrEqualTo(1_000);
    assertThat(budget.peak()).isGreaterThanOrEqualTo(peak.get()).isLessThanOrEqualTo(1_000);
    budget.close(); // throws if a lease leaked
  }

  @Test
  void aCancelledWaiterTakesNothingAndLeavesTheLine() throws Exception {
    var large = take(1_000);
    var wait = new FutureTask<>(() -> budget.acquire(1, "cancelled"));
    var task = new Thread(wait);
    task.start();
    await().until(() -> budget.waiting() == 1);

    task.interrupt();

    assertThatThrownBy(wait::get).hasCauseInstanceOf(InterruptedException.class);
    large.close();
    take(1_000).close();
  }

  @Test
  void aSmallRequestDoesNotOvertakeALargeOne() throws Exception {
    var first = take(600);
    var large = takeAside(900);
    var small = takeAside(1);
    assertThat(small.isDone()).isFalse();
    first.close();
    assertThat(large.get()).isPresent();
    assertThat(small.get()).isPresent();
  }

  @Test
  void whatCanNeverFitIsToldAtOnce() throws Exception {
    assertThat(budget.acquire(1_001, "huge")).isEmpty();
    assertThat(budget.acquire(Long.MAX_VALUE, "huge")).isEmpty();
    assertThat(budget.waiting()).isZero();
  }

  @Test
  void nobodyWaitsForALeaseThatWasWrittenOff() throws Exception {
    var hung = take(600);
    var waits = takeAside(500);
    var fits = takeAside(400);
    hung.writeOff();
    assertThat(waits.get()).isEmpty();
    assertThat(fits.get()).isPresent();
    assertThat(budget.available()).isEqualTo(400);
    fits.get().orElseThrow().close();
    budget.close(); // does not name it

    hung.close();
    hung.close();
    assertThat(budget.available()).isEqualTo(1_000);
    assertThat(budget.leased()).isZero();
  }

  @Test
  void closingEndsWaitsAndNamesWhatLeaked() throws Exception {
    var leaked = take(1_000);
    var waits = takeAside(1);
    assertThatThrownBy(budget::close)
        .hasMessage("1000 of 1000 bytes leaked by [test (1000 bytes)]");
    assertThatThrownBy(waits::get).hasMessageContaining("asks a closed budget");
    leaked.close();
    budget.close();
  }
}
