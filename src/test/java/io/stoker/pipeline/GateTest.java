package io.stoker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class GateTest {
  private static final int THREADS = 8;

  private final Gate gate = new Gate(2);
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicBoolean leave = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();

  private void start() {
    for (int i = 0; i < THREADS; i++) {
      var thread =
          new Thread(
              () -> {
                gate.enter();
                inside.incrementAndGet();
                await().until(leave::get);
                inside.decrementAndGet();
                gate.leave();
              });
      thread.start();
      threads.add(thread);
    }
  }

  private void end() throws InterruptedException {
    leave.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void settle() {
    await().until(() -> threads.stream().allMatch(GateTest::isAtRest));
  }

  private static boolean isAtRest(Thread thread) {
    return thread.getState() == Thread.State.WAITING
        || thread.getState() == Thread.State.TIMED_WAITING;
  }

  @Test
  void noMoreThanTheLimitAreInsideAndAllGetTheirTurn() throws Exception {
    start();
    await().until(() -> inside.get() == 2);
    settle();
    assertThat(inside).hasValue(2);
    gate.limit(5);
    await().until(() -> inside.get() == 5);
    settle();
    assertThat(inside).hasValue(5);
    assertThat(gate.limit()).isEqualTo(5);
    end();
    assertThat(inside).hasValue(0);
  }

  @Test
  void aLowerLimitKeepsNewOnesOutUntilEnoughHaveLeft() throws Exception {
    gate.limit(4);
    start();
    await().until(() -> inside.get() == 4);
    gate.limit(1);
    gate.leave(); // on behalf of three that were written off
    gate.leave();
    gate.leave();
    settle();
    assertThat(inside).as("as many as it was, one of them counts").hasValue(4);
    gate.leave();
    await().until(() -> inside.get() == 5);
    gate.close();
    end();
  }

  @Test
  void closingLetsEverybodyInAndInterruptsAreKept() throws Exception {
    start();
    await().until(() -> inside.get() == 2);
    gate.close();
    await().until(() -> inside.get() == THREADS);
    end();

    var kept = new AtomicBoolean();
    var gate2 = new Gate(0);
    var waiting =
        new Thread(
            () -> {
              gate2.enter();
              kept.set(Thread.currentThread().isInterrupted());
            });
    waiting.start();
    waiting.interrupt();
    gate2.close();
    waiting.join();
    assertThat(kept).isTrue();
  }
}
