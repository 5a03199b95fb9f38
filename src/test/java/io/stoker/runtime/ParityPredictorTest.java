package io.stoker.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stoker.model.PredictException;
import io.stoker.model.Predictor;
import io.stoker.region.RegionOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ParityPredictorTest {
  private static final int SLOTS = 8;

  private final Fake ours = new Fake();
  private final Fake reference = new Fake();

  /** Answers the slot's byte and another number, made larger by an error. */
  private static final class Fake implements Predictor {
    float error;
    int swappedFrom = Integer.MAX_VALUE;
    int slotsRun;
    boolean broken;
    boolean closed;
    int fixedBatch;

    @Override
    public List<List<RegionOutput>> run(BatchBuffer buffer, int first, int count, Runnable released)
        throws PredictException {
      released.run();
      if (broken) {
        throw new PredictException(PredictException.Kind.MODEL, "no");
      }
      slotsRun += count;
      var answers = new ArrayList<List<RegionOutput>>();
      for (int i = first; i < first + count; i++) {
        int value = buffer.slot(i).get(0);
        float[] scores = value >= swappedFrom ? new float[] {0, value} : new float[] {value, 0};
        scores[0] += error;
        answers.add(List.of(new RegionOutput(new int[] {2}, scores)));
      }
      return answers;
    }

    @Override
    public String device() {
      return "fake";
    }

    @Override
    public int slotBytes() {
      return 1;
    }

    @Override
    public int fixedBatch() {
      return fixedBatch;
    }

    @Override
    public BatchBuffer allocate(int slots) {
      return new Bytes(new byte[slots]);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private record Bytes(byte[] bytes) implements Predictor.BatchBuffer {
    @Override
    public int capacity() {
      return bytes.length;
    }

    @Override
    public ByteBuffer slot(int index) {
      return ByteBuffer.wrap(bytes, index, 1).slice();
    }

    @Override
    public void close() {}
  }

  private static Bytes numbered() {
    var bytes = new byte[SLOTS];
    for (int i = 0; i < SLOTS; i++) {
      bytes[i] = (byte) (i + 1);
    }
    return new Bytes(bytes);
  }

  @Test
  void theFirstRegionsAreComparedAndNoMore() throws Exception {
    var predictor = new ParityPredictor(ours, reference, 11);
    ours.error = 0.25f;
    var released = new AtomicInteger();
    for (int i = 1; i <= 3; i++) {
      assertThat(predictor.run(numbered(), 0, SLOTS, released::incrementAndGet)).hasSize(SLOTS);
      assertThat(released).hasValue(i);
    }
    assertThat(reference.slotsRun).isEqualTo(11);
    assertThat(ours.slotsRun).isEqualTo(3 * SLOTS);
    assertThat(predictor.parity()).isEqualTo(new Parity(11, 0.25, 1));
  }

  @Test
  void anotherLargestNumberDoesNotAgree() throws Exception {
    var predictor = new ParityPredictor(ours, reference, SLOTS);
    ours.swappedFrom = SLOTS; // the last one only
    predictor.run(numbered(), 0, SLOTS, () -> {});
    assertThat(predictor.parity()).isEqualTo(new Parity(SLOTS, SLOTS, 7.0 / 8));
  }

  @Test
  void blankSlotsAreNoRegions() throws Exception {
    var predictor = new ParityPredictor(ours, reference, SLOTS);
    reference.fixedBatch = SLOTS;
    predictor.run(new Bytes(new byte[] {1, 2, 0, 0, 0, 0, 0, 0}), 0, SLOTS, () -> {});
    assertThat(reference.slotsRun).isEqualTo(SLOTS);
    assertThat(predictor.parity()).isEqualTo(new Parity(2, 0, 1));
  }

  @Test
  void aReferenceThatFailsCostsNoAnswer() throws Exception {
    var predictor = new ParityPredictor(ours, reference, SLOTS);
    reference.broken = true;
    var released = new AtomicInteger();
    assertThat(predictor.run(numbered(), 0, SLOTS, released::incrementAndGet)).hasSize(SLOTS);
    assertThat(released).hasValue(1);
    assertThat(predictor.parity()).isNull();
    predictor.close();
    assertThat(ours.closed && reference.closed).isTrue();
  }

  @Test
  void regionsWhoseRunFailedAreComparedWhenTheyComeAgain() throws Exception {
    var predictor = new ParityPredictor(ours, reference, SLOTS);
    ours.broken = true;
    var released = new AtomicInteger();
    assertThatThrownBy(() -> predictor.run(numbered(), 0, SLOTS, released::incrementAndGet))
        .isInstanceOf(PredictException.class);
    assertThat(released).hasValue(1);
    ours.broken = false;
    predictor.run(numbered(), 0, SLOTS, () -> {});
    assertThat(predictor.parity()).isEqualTo(new Parity(SLOTS, 0, 1));
  }

  @Test
  void severalExecutorsAddUp() {
    Parity sum = new Parity(10, 0.1, 1).plus(new Parity(30, 0.3, 0.9));
    assertThat(sum.regions()).isEqualTo(40);
    assertThat(sum.largestDifference()).isEqualTo(0.3);
    assertThat(sum.argmaxAgreement()).isCloseTo(0.925, within(1e-9));
  }
}
