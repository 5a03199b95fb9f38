package io.stoker.runtime;

import io.stoker.model.DataType;
import io.stoker.model.ModelException;
import io.stoker.model.Predictor;
import io.stoker.model.SplicedModel;
import io.stoker.model.TensorSpec;
import io.stoker.region.RegionOutput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands in for a device: takes a fixed time a batch, one batch at a time however many are in
 * flight, and no core. So it can be judged without an accelerator whether a device would starve.
 *
 * <p>Answers have the model's shapes and types but not its meaning: floats are some of the slot's
 * values, so that answers given to the wrong region are noticed; integers count from 0.
 *
 * <p>Thread-safe.
 */
public final class SimulatedPredictor implements Predictor {
  /** Slots' values that answers are made of lie so far apart, and hardly ever on one column. */
  private static final int STRIDE = 1_009;

  private final SplicedModel model;
  private final double millisABatch;
  private final long nanosABatch;
  private final int slotBytes;
  private final int slotValues;

  /** When the device has done all that it was given, by {@link System#nanoTime}. */
  private long freeAt = System.nanoTime();

  /**
   * @param model whose outputs are imitated; it is never run
   * @throws ModelException if an output's size is not known without running the model
   */
  public SimulatedPredictor(SplicedModel model, double millisABatch) throws ModelException {
    this.model = model;
    this.millisABatch = millisABatch;
    this.nanosABatch = (long) (millisABatch * TimeUnit.MILLISECONDS.toNanos(1));
    this.slotBytes = Math.toIntExact(model.head().slotBytes());
    this.slotValues = slotBytes / model.head().slotType().bytes();
    var problems = new ArrayList<String>();
    for (TensorSpec output : model.outputs()) {
      if (!hasSize(output)) {
        problems.add(
            "a simulated device cannot answer \""
                + output.name()
                + "\", which is "
                + output.describe()
                + ": its size is only known by running the model");
      }
    }
    if (!problems.isEmpty()) {
      throw new ModelException(problems);
    }
  }

  private static boolean hasSize(TensorSpec output) {
    List<Long> shape = output.shape();
    return shape != null
        && !shape.isEmpty()
        && shape.subList(1, shape.size()).stream().allMatch(size -> size >= 0);
  }

  @Override
  public String device() {
    return String.format(Locale.ROOT, "simulated (%s ms a batch)", number(millisABatch));
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  @Override
  public int slotBytes() {
    return slotBytes;
  }

  @Override
  public int fixedBatch() {
    return model.fixedBatch();
  }

  /** Bytes of one region's answers. */
  long outputBytes() {
    return model.outputs().stream().mapToLong(output -> 8L * elements(output)).sum();
  }

  @Override
  public BatchBuffer allocate(int slots) {
    return new HeapBuffer(slots, slotBytes);
  }

  @Override
  public List<List<RegionOutput>> run(BatchBuffer buffer, int first, int count, Runnable released) {
    await();
    var answers = new ArrayList<List<RegionOutput>>(count);
    for (int slot = first; slot < first + count; slot++) {
      answers.add(answer(buffer.slot(slot)));
    }
    released.run();
    return answers;
  }

  /**
   * The same for a batch that is no buffer of ours.
   *
   * @param slots one after the other, in native byte order
   */
  public List<List<RegionOutput>> run(ByteBuffer slots, int count) {
    await();
    var answers = new ArrayList<List<RegionOutput>>(count);
    for (int slot = 0; slot < count; slot++) {
      answers.add(answer(slots.slice(slot * slotBytes, slotBytes).order(ByteOrder.nativeOrder())));
    }
    return answers;
  }

  /** Batches queue up; their times do not overlap. */
  private void await() {
    long end;
    synchronized (this) {
      long now = System.nanoTime();
      // Compared by difference: nanoTime may overflow.
      freeAt = (freeAt - now > 0 ? freeAt : now) + nanosABatch;
      end = freeAt;
    }
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.currentThread().isInterrupted()) {
        return; // as a device's run would not, but nobody waits for this one
      }
    }
  }

  private List<RegionOutput> answer(ByteBuffer slot) {
    return model.outputs().stream().map(output -> answer(output, slot)).toList();
  }

  private RegionOutput answer(TensorSpec output, ByteBuffer slot) {
    int count = elements(output);
    return new RegionOutput(sizes(output), values(output.type(), count, slot));
  }

  private Object values(DataType type, int count, ByteBuffer slot) {
    switch (type) {
      case FLOAT32, FLOAT16, BFLOAT16 -> {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
          values[i] = value(slot, (int) ((long) i * STRIDE % slotValues)) / 255;
        }
        return values;
      }
      case FLOAT64 -> {
        return new double[count];
      }
      case INT64, UINT64 -> {
        return new long[count];
      }
      case INT32, UINT32 -> {
        var values = new int[count];
        for (int i = 0; i < count; i++) {
          values[i] = i;
        }
        return values;
      }
      case INT16, UINT16 -> {
        return new short[count];
      }
      case BOOL -> {
        return new boolean[count];
      }
      default -> {
        return new byte[count];
      }
    }
  }

  private float value(ByteBuffer slot, int index) {
    return model.head().slotType() == DataType.FLOAT32
        ? slot.getFloat(index * Float.BYTES)
        : slot.get(index) & 0xff;
  }

  private static int elements(TensorSpec output) {
    int count = 1;
    for (int size : sizes(output)) {
      count = Math.multiplyExact(count, size);
    }
    return count;
  }

  private static int[] sizes(TensorSpec output) {
    List<Long> shape = output.shape();
    if (shape == null) {
      throw new IllegalStateException("the constructor refused " + output);
    }
    return shape.stream().skip(1).mapToInt(Math::toIntExact).toArray();
  }

  @Override
  public void close() {}

  /** Direct memory of Java's. */
  private record HeapBuffer(int capacity, int slotBytes, ByteBuffer bytes) implements BatchBuffer {
    HeapBuffer(int capacity, int slotBytes) {
      this(capacity, slotBytes, ByteBuffer.allocateDirect(Math.multiplyExact(capacity, slotBytes)));
    }

    @Override
    public ByteBuffer slot(int index) {
      return bytes.slice(index * slotBytes, slotBytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {} // the garbage collector frees it
  }
}
