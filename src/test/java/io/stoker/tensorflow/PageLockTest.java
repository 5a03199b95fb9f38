package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.model.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PageLockTest {
  private final NativeCounters.Open before = NativeCounters.open();
  private final FakeCuda cuda = new FakeCuda();
  private final List<String> warnings = new ArrayList<>();
  private final PageLock pageLock = new PageLock(cuda, warnings::add);

  @AfterEach
  void everythingIsFreed() {
    assertThat(NativeCounters.open()).isEqualTo(before);
  }

  @Test
  void aBlockIsUnlockedOnceAndBeforeItIsFreed() {
    var memory = NativeMemory.allocate(5000, pageLock);
    assertThat(cuda.registered).containsExactly(memory.address());
    assertThat(pageLock.works()).isTrue();
    // Read through the block when it is unlocked: it must still be ours.
    memory.view(0, 5000).put(4999, (byte) 7);
    cuda.onUnregister = () -> cuda.seen.add(memory.view(0, 5000).get(4999));

    memory.close();
    memory.close();

    assertThat(cuda.unregistered).containsExactly(memory.address());
    assertThat(cuda.seen).containsExactly((byte) 7);
    assertThat(warnings).isEmpty();
  }

  @Test
  void itStaysLockedUntilTheLastTensorIsGone() {
    var buffer = new BatchMemory(4, 75, pageLock);
    var first = buffer.tensor(DataType.UINT8, new long[] {2, 5, 5, 3}, 0, () -> {});
    var second = buffer.tensor(DataType.UINT8, new long[] {4, 5, 5, 3}, 0, () -> {});
    assertThat(second.address()).isEqualTo(buffer.address());

    buffer.close();
    first.close();
    assertThat(cuda.unregistered).isEmpty();
    second.close();

    assertThat(cuda.unregistered).containsExactly(buffer.address());
  }

  @Test
  void noTwoBlocksShareAPage() {
    var blocks = new ArrayList<NativeMemory>();
    for (int bytes = 1; bytes < 20_000; bytes += 1_111) {
      blocks.add(NativeMemory.allocate(bytes, pageLock));
    }
    assertThat(cuda.registered).hasSameSizeAs(blocks).allMatch(at -> at % PageLock.PAGE == 0);
    assertThat(cuda.pages).doesNotHaveDuplicates();
    for (int i = 0; i < blocks.size(); i++) {
      assertThat(cuda.sizes.get(i)).isGreaterThanOrEqualTo(blocks.get(i).bytes());
      assertThat(cuda.sizes.get(i) % PageLock.PAGE).isZero();
      blocks.get(i).close();
    }
    assertThat(cuda.unregistered).containsExactlyElementsOf(cuda.registered);
  }

  @Test
  void whatCannotBeLockedIsPlainAndSaidOnce() {
    cuda.error = 2;
    for (int i = 0; i < 3; i++) {
      try (var buffer = new BatchMemory(2, 75, pageLock)) {
        assertThat(buffer.slot(1).put((byte) 1).get(0)).isEqualTo((byte) 1);
      }
    }
    assertThat(cuda.registered).hasSize(3);
    assertThat(cuda.unregistered).isEmpty();
    assertThat(warnings).singleElement().asString().contains("error 2").contains("slower");
    assertThat(pageLock.works()).isFalse();
  }

  @Test
  void oneBlockThatIsNotLockedDoesNotKeepOthersFromIt() {
    cuda.error = 2;
    var plain = NativeMemory.allocate(100, pageLock);
    cuda.error = 0;
    var locked = NativeMemory.allocate(100, pageLock);
    plain.close();
    locked.close();
    assertThat(cuda.unregistered).containsExactly(locked.address());
    assertThat(pageLock.works()).as("not all are").isFalse();
  }

  @Test
  void withoutCudasRuntimeMemoryIsPlainAndThatIsSaidOnce() {
    var none = new PageLock(null, warnings::add);
    NativeMemory.allocate(100, none).close();
    NativeMemory.allocate(100, none).close();
    assertThat(warnings).singleElement().asString().contains("libcudart");
    assertThat(none.works()).isFalse();
  }

  @Test
  void aFailingUnlockDoesNotKeepTheMemory() {
    var memory = NativeMemory.allocate(100, pageLock);
    cuda.error = 4;
    memory.close();
    assertThat(warnings).singleElement().asString().contains("error 4");
  }

  @Test
  void onTheCpuNothingIsLocked() throws Exception {
    var model = Models.model(Models.mean(-1, 4, 4), 0, 4, 4, "mean");
    try (var predictor = TensorFlowPredictor.open(model, DeviceOptions.cpu(1));
        var buffer = predictor.allocate(2)) {
      assertThat(predictor.run(buffer, 0, 2, () -> {})).hasSize(2);
      assertThat(predictor.pageLocked()).isFalse();
    }
  }

  /** Where this machine has the library, that it answers at all; without a GPU it refuses. */
  @Test
  void theRealLibraryIsCalledOrAbsent() {
    Optional<PageLock.Cuda> real = CudaRuntime.of(0);
    var lock = new PageLock(real.orElse(null), warnings::add);
    NativeMemory.allocate(100, lock).close();
    assertThat(warnings).hasSize(lock.works() ? 0 : 1);
  }

  private static final class FakeCuda implements PageLock.Cuda {
    private final List<Long> registered = new ArrayList<>();
    private final List<Long> sizes = new ArrayList<>();
    private final List<Long> pages = new ArrayList<>();
    private final List<Long> unregistered = new ArrayList<>();
    private final List<Byte> seen = new ArrayList<>();
    private Runnable onUnregister = () -> {};
    private int error;

    @Override
    public int register(long address, long bytes) {
      registered.add(address);
      sizes.add(bytes);
      for (long page = address; page < address + bytes; page += PageLock.PAGE) {
        pages.add(page);
      }
      return error;
    }

    @Override
    public int unregister(long address) {
      unregistered.add(address);
      onUnregister.run();
      return error;
    }
  }
}
