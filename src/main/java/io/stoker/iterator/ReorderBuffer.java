package io.stoker.iterator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Answers that come in any order and leave in the order of their questions. The consumer admits
 * questions, which gives them numbers; any thread answers them; the consumer takes the answers, the
 * eldest first.
 *
 * <p>Bounded by its window: numbers from the head on share an array in a ring, so that answering
 * never waits. One consumer, any number of answering threads.
 */
public final class ReorderBuffer<T> {
  @GuardedBy("this")
  private final @Nullable Object[] answers;

  @GuardedBy("this")
  private long head;

  @GuardedBy("this")
  private long tail;

  @GuardedBy("this")
  private @Nullable Throwable failure;

  @GuardedBy("this")
  private boolean closed;

  /**
   * @param window how many questions may be open, at least 1
   */
  public ReorderBuffer(int window) {
    if (window < 1) {
      throw new IllegalArgumentException("window is " + window + ", expected at least 1");
    }
    answers = new @Nullable Object[window];
  }

  /**
   * Opens the next question. By the consumer.
   *
   * @return its number, from 0 on
   * @throws IllegalStateException if the window is full
   */
  public synchronized long admit() {
    if (tail - head == answers.length) {
      throw new IllegalStateException("more than " + answers.length + " questions are open");
    }
    return tail++;
  }

  /** Questions whose answers were not taken yet. */
  public synchronized int open() {
    return (int) (tail - head);
  }

  /** The number of the eldest open question. */
  public synchronized long head() {
    return head;
  }

  /**
   * Answers a question.
   *
   * @return false if the buffer is closed and the answer dropped
   * @throws IllegalStateException if it was answered before, or never asked
   */
  public synchronized boolean answer(long number, T answer) {
    if (closed) {
      return false;
    }
    int place = place(number);
    if (number < head || number >= tail || answers[place] != null) {
      throw new IllegalStateException("question " + number + " is not open, answer: " + answer);
    }
    answers[place] = answer;
    if (number == head) {
      notifyAll();
    }
    return true;
  }

  /** Whether {@link #take} would return or throw at once. */
  public synchronized boolean ready() {
    return failure != null || closed || (tail > head && answers[place(head)] != null);
  }

  /**
   * Waits for the eldest question's answer and takes it. By the consumer.
   *
   * @return the answer, or null if the buffer was failed or closed
   * @throws InterruptedException if the consumer is interrupted; nothing is taken then
   * @throws IllegalStateException if no question is open
   */
  @SuppressWarnings("unchecked") // only answer() puts anything in
  public synchronized @Nullable T take() throws InterruptedException {
    if (tail == head) {
      throw new IllegalStateException("no question is open");
    }
    int place = place(head);
    while (!closed && failure == null && answers[place] == null) {
      wait();
    }
    if (closed || failure != null) {
      return null;
    }
    T answer = (T) answers[place];
    answers[place] = null;
    head++;
    return answer;
  }

  /** Ends the consumer's wait with a failure; the first one stays. */
  public synchronized void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    notifyAll();
  }

  /** Why it was failed, or null. */
  public synchronized @Nullable Throwable failure() {
    return failure;
  }

  /** Drops all answers, those to come as well. Idempotent. */
  public synchronized void close() {
    closed = true;
    Arrays.fill(answers, null);
    notifyAll();
  }

  @GuardedBy("this")
  private int place(long number) {
    return (int) (number % answers.length);
  }
}
