package io.stoker.pipeline;

import io.stoker.region.Pixels;
import io.stoker.region.SlotSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A region's pixels brought to its place in a batch of 224 x 224 pixels, by one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SlotFillerBenchmark {
  private static final long SEED = 9;
  private static final int CHANNELS = 3;
  private static final int SLOT = 224;

  /** Columns and rows of the region. */
  @Param({"224", "450", "1000"})
  public int side;

  private Pixels pixels;
  private Pixels sameSize;
  private SlotFiller resize;
  private SlotFiller copy;
  private ByteBuffer floats;
  private ByteBuffer bytes;

  /** Makes pixels of noise: what they are does not change the work. */
  @Setup
  public void make() {
    var noise = new byte[side * side * CHANNELS];
    new Random(SEED).nextBytes(noise);
    ByteBuffer data = ByteBuffer.allocateDirect(noise.length).put(0, noise);
    pixels = new Pixels(side, side, CHANNELS, side * CHANNELS, data, 0);
    sameSize = new Pixels(SLOT, SLOT, CHANNELS, side * CHANNELS, data, 0);
    var floatSlot = new SlotSpec(SLOT, SLOT, CHANNELS, SlotSpec.Type.FLOAT32);
    var byteSlot = new SlotSpec(SLOT, SLOT, CHANNELS, SlotSpec.Type.UINT8);
    resize = SlotFiller.of(new Filling.Resize(floatSlot));
    copy = SlotFiller.of(new Filling.Copy(byteSlot));
    floats = ByteBuffer.allocateDirect(floatSlot.bytes()).order(ByteOrder.nativeOrder());
    bytes = ByteBuffer.allocateDirect(byteSlot.bytes()).order(ByteOrder.nativeOrder());
  }

  /** Boxes of several sizes: all of the region, as float32, bilinear. */
  @Benchmark
  public ByteBuffer resize() {
    resize.fill(pixels, floats);
    return floats;
  }

  /** Boxes of one size: a window of the slot's size out of wider rows, as bytes. */
  @Benchmark
  public ByteBuffer copy() {
    copy.fill(sameSize, bytes);
    return bytes;
  }
}
