package io.stoker.iterator;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** What each region costs on its way from stage to stage, with two threads at the same locks. */
@State(Scope.Benchmark)
@Threads(2)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HandOverBenchmark {
  private static final long REGION_BYTES = 607_500;

  private final WorkQueue<Object> queue = new WorkQueue<>();
  private final ByteBudget budget = new ByteBudget(1L << 30);

  /** One in, one out: never empty for who takes. */
  @Benchmark
  public @Nullable Object queue() {
    queue.put(this);
    return queue.take();
  }

  /** Bytes taken from the budget and given back. */
  @Benchmark
  public boolean lease() throws InterruptedException {
    var lease = budget.acquire(REGION_BYTES, "benchmark");
    lease.ifPresent(ByteBudget.Lease::close);
    return lease.isPresent();
  }
}
