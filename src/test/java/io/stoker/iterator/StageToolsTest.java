package io.stoker.iterator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reorder buffer, queue, cancellation and clock. */
@Timeout(30)
final class StageToolsTest {
  private static <T> FutureTask<T> aside(Callable<T> work) {
    var task = new FutureTask<>(work);
    var thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void answersInAnyOrderLeaveInTheOrderOfTheirQuestions(long seed) throws Exception {
    var buffer = new ReorderBuffer<Long>(16);
    var random = new Random(seed);
    long taken = 0;
    for (int round = 0; round < 50; round++) {
      var numbers = new ArrayList<Long>();
      for (int i = 1 + random.nextInt(16); i > 0; i--) {
        numbers.add(buffer.admit());
      }
      Collections.shuffle(numbers, random);
      var answering =
          aside(
              () -> {
                numbers.forEach(number -> buffer.answer(number, number));
                return null;
              });
      for (int i = 0; i < numbers.size(); i++) {
        assertThat(buffer.take()).isEqualTo(taken++);
      }
      answering.get();
      assertThat(buffer.open()).isZero();
    }
  }

  @Test
  void aSecondAnswerIsRefused() {
    var buffer = new ReorderBuffer<String>(2);
    long number = buffer.admit();
    buffer.answer(number, "one");
    assertThatThrownBy(() -> buffer.answer(number, "two")).hasMessageContaining("is not open");
    assertThatThrownBy(() -> buffer.answer(7, "two")).hasMessageContaining("is not open");
    buffer.admit();
    assertThatThrownBy(buffer::admit).hasMessage("more than 2 questions are open");
  }

  @Test
  void failingAndClosingEndTheConsumersWait() throws Exception {
    var failed = new ReorderBuffer<String>(1);
    failed.admit();
    var wait = aside(failed::take);
    failed.fail(new IllegalStateException("first"));
    failed.fail(new IllegalStateException("second"));
    assertThat(wait.get()).isNull();
    assertThat(failed.failure()).hasMessage("first");

    var closed = new ReorderBuffer<String>(1);
    long number = closed.admit();
    var other = aside(closed::take);
    closed.close();
    assertThat(other.get()).isNull();
    assertThat(closed.answer(number, "late")).isFalse();
  }

  @Test
  void aQueueGivesInOrderAndEndsItsWaitsWhenClosed() throws Exception {
    var queue = new WorkQueue<Integer>();
    List.of(1, 2, 3, 4).forEach(queue::put);
    assertThat(queue.remove(item -> item % 2 == 0)).containsExactly(2, 4);
    assertThat(queue.take()).isEqualTo(1);
    assertThat(queue.take()).isEqualTo(3);
    var wait = aside(queue::take);
    queue.close();
    assertThat(wait.get()).isNull();
    assertThat(queue.put(5)).isFalse();
  }

  @Test
  void cancellingInterruptsThoseInsideAndNobodyElse() throws Exception {
    var cancellation = new Cancellation();
    var inside = new CountDownLatch(2);
    var task =
        aside(
            () -> {
              assertThat(cancellation.enter()).isTrue();
              inside.countDown();
              try {
                new CountDownLatch(1).await();
                return "not interrupted";
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                cancellation.leave();
              }
              return Thread.currentThread().isInterrupted() ? "still interrupted" : "ended";
            });
    var left =
        aside(
            () -> {
              assertThat(cancellation.enter()).isTrue();
              cancellation.leave();
              inside.countDown();
              await().until(cancellation::isCancelled);
              return Thread.currentThread().isInterrupted();
            });
    inside.await();
    cancellation.cancel();
    assertThat(task.get()).isEqualTo("ended");
    assertThat(left.get()).isFalse();
    assertThat(cancellation.enter()).isFalse();
  }

  @Test
  void aClockBooksWhatPassedByKind() {
    var now = new AtomicLong(100);
    var clock = new StageClock(now::get);
    long since = clock.now();
    now.addAndGet(1);
    since = clock.busySince(since);
    now.addAndGet(20);
    since = clock.inputSince(since);
    now.addAndGet(300);
    assertThat(clock.outputSince(since)).isEqualTo(421);
    assertThat(clock.times()).isEqualTo(new StageTimes(1, 20, 300));
    assertThat(clock.times().plus(clock.times()).minus(clock.times()).totalNanos()).isEqualTo(321);
  }
}
