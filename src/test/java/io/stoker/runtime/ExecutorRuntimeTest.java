package io.stoker.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.image.ImageDecoder;
import io.stoker.image.ImageHeader;
import io.stoker.model.PredictException;
import io.stoker.model.Predictor;
import io.stoker.pipeline.BoxOutside;
import io.stoker.pipeline.Filling;
import io.stoker.pipeline.KnobRange;
import io.stoker.pipeline.Pipeline;
import io.stoker.pipeline.PipelineException;
import io.stoker.pipeline.PipelineOptions;
import io.stoker.region.Box;
import io.stoker.region.Region;
import io.stoker.region.RegionLoader;
import io.stoker.region.RegionOutput;
import io.stoker.region.SlotSpec;
import java.io.FileNotFoundException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ExecutorRuntimeTest {
  private static final SlotSpec SLOT = new SlotSpec(2, 2, 3, SlotSpec.Type.UINT8);
  private static final List<Region> ONE = List.of(new Region(0, "anywhere", 0, null));

  private final AtomicInteger closed = new AtomicInteger();

  @Test
  void aRuntimeWithoutTasksStaysUntilItIsClosed() {
    ExecutorRuntime runtime = runtime(null);
    try (RuntimeTask task = enter(runtime)) {
      assertThat(runtime.closeIfIdle()).isFalse();
      assertThat(task.next().region()).isEqualTo(ONE.get(0));
      assertThat(task.report().pageLocked()).isTrue();
      assertThat(task.report().warmUpSeconds()).isEqualTo(1.5);
    }
    assertThat(closed).hasValue(0);
    assertThat(runtime.closeIfIdle()).isTrue();
    assertThat(runtime.closeIfIdle()).isTrue();
    assertThat(closed).as("predictor and decoder").hasValue(2);
  }

  @Test
  void aBrokenRuntimeIsClosedByItsLastTask() {
    var broken = new PredictException(PredictException.Kind.BROKEN, "the device is gone");
    ExecutorRuntime runtime = runtime(broken);
    RuntimeTask first = enter(runtime);
    RuntimeTask second = enter(runtime);
    assertThatThrownBy(first::next).isInstanceOf(PipelineException.class);
    assertThat(runtime.broken()).isTrue();

    first.close();
    first.close();
    assertThat(closed).hasValue(0);
    second.close();
    assertThat(closed).as("predictor and decoder").hasValue(2);
  }

  @Test
  void aTaskThatIsNotTakenInDoesNotKeepItOpen() {
    ExecutorRuntime runtime = runtime(null);
    RuntimeTask first = enter(runtime);
    RuntimeTask second = enter(runtime);
    assertThatThrownBy(() -> enter(runtime)).hasMessageContaining("this thread has a task open");
    first.close();
    second.close();
    assertThat(runtime.closeIfIdle()).isTrue();
  }

  private static RuntimeTask enter(ExecutorRuntime runtime) {
    runtime.enter();
    return runtime.open(ONE.iterator(), true);
  }

  private ExecutorRuntime runtime(@Nullable PredictException fault) {
    var predictor = new OneNumber(fault);
    var options =
        new PipelineOptions(
            1,
            KnobRange.fixed(1, 1),
            1,
            1L << 30,
            2,
            BoxOutside.FAIL,
            PipelineOptions.DEFAULT_MAX_PIXELS,
            PipelineOptions.DEFAULT_DECODE_TIMEOUT,
            1,
            List.of());
    Pipeline pipeline =
        Pipeline.start(
            options,
            predictor,
            List.of(),
            uri -> {
              throw new FileNotFoundException(uri);
            },
            new Filling.Load(SLOT, Nothing::new));
    return new ExecutorRuntime(
        predictor, new NoDecoder(), pipeline, new RuntimeStart(List.of(), true, 1.5, 0, 640));
  }

  /** Leaves the slot as it is. */
  private static final class Nothing implements RegionLoader {
    @Override
    public SlotSpec slot() {
      return SLOT;
    }

    @Override
    public void load(Region region, ByteBuffer slot) {}
  }

  private final class NoDecoder implements ImageDecoder {
    @Override
    public boolean accepts(byte[] prefix, int length) {
      return false;
    }

    @Override
    public Optional<ImageHeader> header(byte[] prefix, int length) {
      return Optional.empty();
    }

    @Override
    public long decodeBytes(ImageHeader header, Box window) {
      return 1;
    }

    @Override
    public Worker worker() {
      throw new AssertionError("nothing is decoded");
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private final class OneNumber implements Predictor {
    private final @Nullable PredictException fault;

    OneNumber(@Nullable PredictException fault) {
      this.fault = fault;
    }

    @Override
    public String device() {
      return "none";
    }

    @Override
    public int slotBytes() {
      return SLOT.bytes();
    }

    @Override
    public int fixedBatch() {
      return 0;
    }

    @Override
    public BatchBuffer allocate(int slots) {
      return new BatchBuffer() {
        @Override
        public int capacity() {
          return slots;
        }

        @Override
        public ByteBuffer slot(int index) {
          return ByteBuffer.allocate(SLOT.bytes());
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public List<List<RegionOutput>> run(BatchBuffer buffer, int first, int count, Runnable released)
        throws PredictException {
      released.run();
      if (fault != null) {
        throw fault;
      }
      return List.of(List.of(new RegionOutput(new int[0], new float[] {1})));
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }
}
