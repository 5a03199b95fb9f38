package io.stoker.pipeline;

import io.stoker.image.Resizer;
import io.stoker.region.Pixels;
import io.stoker.region.Region;
import io.stoker.region.RegionLoader;
import io.stoker.region.RegionTransform;
import io.stoker.region.SlotSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Makes slots of regions, in one thread. What may take long happens in {@link #prepare}, before a
 * slot is claimed: while a slot is held the whole batch waits.
 */
interface SlotFiller extends AutoCloseable {
  /** Stands for the pixels where none are decoded. */
  Pixels NO_PIXELS = new Pixels(0, 0, 3, 0, ByteBuffer.allocate(0), 0);

  /**
   * Whether {@link #prepare} is the user's code, which may throw anything and wait for anything.
   */
  default boolean isForeign() {
    return false;
  }

  /**
   * Does what can be done without the slot. Keeps the pixels until {@link #fill}.
   *
   * @throws Exception from the user's code, to fail the region
   */
  default void prepare(Region region, Pixels pixels) throws Exception {}

  /** Writes all of the slot. */
  void fill(Pixels pixels, ByteBuffer slot);

  @Override
  default void close() throws Exception {}

  /** One for the calling thread. */
  static SlotFiller of(Filling filling) {
    if (filling instanceof Filling.Copy) {
      return SlotFiller::copy;
    }
    if (filling instanceof Filling.Resize resize) {
      Resizer resizer = new Resizer(resize.slot().height(), resize.slot().width());
      return resizer::resize;
    }
    if (filling instanceof Filling.Transform transform) {
      return new Transforming(transform.slot(), transform.factory().get());
    }
    if (filling instanceof Filling.Load load) {
      return new Loading(load.slot(), load.factory().get());
    }
    throw new AssertionError(filling);
  }

  private static void copy(Pixels pixels, ByteBuffer slot) {
    int rowBytes = pixels.width() * pixels.channels();
    for (int row = 0; row < pixels.height(); row++) {
      slot.put(
          row * rowBytes, pixels.data(), pixels.offset() + row * pixels.strideBytes(), rowBytes);
    }
  }

  /** A slot of the thread's own, for user code: however long it takes, no batch waits for it. */
  final class Scratch {
    private final ByteBuffer bytes;

    private Scratch(SlotSpec slot) {
      bytes = ByteBuffer.allocateDirect(slot.bytes()).order(ByteOrder.nativeOrder());
    }

    private ByteBuffer zeroed() {
      bytes.clear();
      Batch.zero(bytes);
      return bytes.duplicate().order(ByteOrder.nativeOrder()); // its position and limit are theirs
    }

    private void copyTo(ByteBuffer slot) {
      slot.put(0, bytes, 0, bytes.capacity());
    }
  }

  /** The user's transform. */
  final class Transforming implements SlotFiller {
    private final Scratch scratch;
    private final RegionTransform transform;

    private Transforming(SlotSpec slot, RegionTransform transform) {
      this.scratch = new Scratch(slot);
      this.transform = transform;
    }

    @Override
    public boolean isForeign() {
      return true;
    }

    @Override
    public void prepare(Region region, Pixels pixels) throws Exception {
      transform.transform(region, pixels, scratch.zeroed());
    }

    @Override
    public void fill(Pixels pixels, ByteBuffer slot) {
      scratch.copyTo(slot);
    }

    @Override
    public void close() throws Exception {
      transform.close();
    }
  }

  /** The user's loader. */
  final class Loading implements SlotFiller {
    private final Scratch scratch;
    private final RegionLoader loader;

    private Loading(SlotSpec slot, RegionLoader loader) {
      this.scratch = new Scratch(slot);
      this.loader = loader;
    }

    @Override
    public boolean isForeign() {
      return true;
    }

    @Override
    public void prepare(Region region, Pixels pixels) throws Exception {
      loader.load(region, scratch.zeroed());
    }

    @Override
    public void fill(Pixels pixels, ByteBuffer slot) {
      scratch.copyTo(slot);
    }

    @Override
    public void close() throws Exception {
      loader.close();
    }
  }
}
