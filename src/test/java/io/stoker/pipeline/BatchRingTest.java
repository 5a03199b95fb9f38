package io.stoker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.iterator.Ticker;
import io.stoker.region.Region;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a batch goes, and how long the device had none. In one thread, on a clock of its own. */
@Timeout(30)
final class BatchRingTest {
  private final AtomicLong now = new AtomicLong();
  private final Activity activity = new Activity();
  private final FakePredictor predictor = new FakePredictor(16, 0, 0);
  private final BatchRing ring = new BatchRing(predictor, 2, 3, now::get, activity);
  private final Client task = client();
  private final Client other = client();
  private long number;

  private static Client client() {
    return new Client(10, true, new Counters(Ticker.SYSTEM));
  }

  private Element admit(Client client) {
    ring.admit(client, 1);
    return new Element(client, number++, new Region(0, "mem:/x", 0, null));
  }

  private void place(Element element) {
    ring.filled(Objects.requireNonNull(ring.claim(element)));
  }

  private Batch take() {
    return Objects.requireNonNull(ring.take());
  }

  private void finish(Batch batch) {
    ring.ended();
    batch.release();
  }

  @Test
  void aFullBatchGoesOnceItsLastSlotIsFilled() {
    ring.join(task);
    Slot first = Objects.requireNonNull(ring.claim(admit(task)));
    Slot second = Objects.requireNonNull(ring.claim(admit(task)));
    ring.filled(second);
    assertThat(ring.hasWork()).isFalse();
    ring.filled(first);
    assertThat(take().claimed).isEqualTo(2);
  }

  @Test
  void aPartBatchWaitsForEveryPendingRegionOfAnyTask() {
    ring.join(task);
    ring.join(other);
    Element slow = admit(other);
    Element waits = admit(task);
    place(waits);
    ring.exhausted(task);
    ring.exhausted(other);
    ring.await(waits);
    assertThat(ring.hasWork()).isFalse();
    ring.leave(slow);
    assertThat(take().claimed).isEqualTo(1);
  }

  @Test
  void aPartBatchWaitsWhileNobodyNeedsIt() {
    ring.join(task);
    Element element = admit(task);
    place(element);
    assertThat(ring.hasWork()).isFalse();
    ring.await(element);
    assertThat(ring.hasWork()).isTrue();
  }

  @Test
  void aPartBatchGoesWhenAllInputIsRead() {
    ring.join(task);
    ring.join(other);
    place(admit(task));
    ring.exhausted(task);
    assertThat(ring.hasWork()).isFalse();
    ring.exhausted(other);
    assertThat(ring.hasWork()).isTrue();
  }

  @Test
  void aPartBatchThatOnlyClosedTasksFilledIsDropped() {
    ring.join(task);
    place(admit(task));
    ring.cancel(task);
    assertThat(ring.freeBuffers()).isEqualTo(3);
    ring.join(other);
    place(admit(other));
    ring.exhausted(other);
    assertThat(take().claimed).isEqualTo(1);
  }

  @Test
  void aSlotThatIsWrittenKeepsItsBufferWhenItsTaskEnds() {
    ring.join(task);
    Slot slot = Objects.requireNonNull(ring.claim(admit(task)));
    ring.cancel(task);
    assertThat(ring.freeBuffers()).as("somebody still writes").isEqualTo(2);
    ring.filled(slot);
    assertThat(ring.freeBuffers()).isEqualTo(3);
  }

  @Test
  void aCancelledTaskGetsNoSlot() {
    ring.join(task);
    Element element = admit(task);
    ring.cancel(task);
    assertThat(ring.claim(element)).isNull();
    assertThat(ring.pendingRegions()).isZero();
  }

  @Test
  void aHoleIsZeroedAndHasNoRegion() {
    ring.join(task);
    Slot hole = Objects.requireNonNull(ring.claim(admit(task)));
    hole.bytes().put(new byte[16]).put(3, (byte) 1);
    place(admit(task));
    ring.spoiled(hole);
    Batch batch = take();
    assertThat(batch.element(0)).isNull();
    assertThat(batch.element(1)).isNotNull();
    assertThat(batch.buffer.slot(0).getLong(0)).isZero();
  }

  @Test
  void theDeviceStarvesWhileATaskIsOpenAndNothingIsReadyOrRuns() {
    now.addAndGet(1_000); // no task, no hunger
    ring.join(task);
    now.addAndGet(100); // nothing there yet
    place(admit(task));
    place(admit(task));
    now.addAndGet(20); // ready
    Batch batch = take();
    now.addAndGet(3); // runs
    finish(batch);
    now.addAndGet(50); // nothing again
    ring.cancel(task);
    now.addAndGet(1_000);
    assertThat(ring.openNanos()).isEqualTo(173);
    assertThat(ring.starvation().total()).isEqualTo(150);
  }

  @Test
  void timeUntilAPixelIsThereIsTheDecodersAndTimeUntilASlotIsFilledThePreprocessors() {
    ring.join(task);
    Element element = admit(task);
    activity.working.set(1);
    now.addAndGet(70); // decodes
    Slot slot = Objects.requireNonNull(ring.claim(element));
    activity.preprocessing.set(1);
    now.addAndGet(20); // fills the slot
    ring.filled(slot);
    assertThat(ring.starvation()).isEqualTo(new Starvation(70, 20, 0, 0, 0, 0));
  }

  @Test
  void closingFreesEveryBuffer() {
    ring.join(task);
    place(admit(task));
    ring.stop();
    assertThat(ring.take()).isNull();
    ring.close();
    ring.close();
    assertThat(predictor.openBuffers).hasValue(0);
  }
}
