package io.stoker.region;

import java.nio.ByteBuffer;

/**
 * Your own preprocessing of a region's decoded pixels: the counterpart of TensorFlow's {@code
 * py_func} behind a decoder. Named by {@code --preprocess CLASS}; needs a public constructor
 * without arguments, and is loaded through the task's context class loader.
 *
 * <p>One instance is built for each worker thread and only used there, so it may keep state and
 * buffers. It is closed when the thread ends. What it throws fails that region alone (stage {@code
 * preprocess}), except errors of the JVM.
 */
public interface RegionTransform extends AutoCloseable {
  /** What the slot looks like. Asked once, on the driver and on each worker; must not change. */
  SlotSpec slot();

  /**
   * Fills the slot of one region.
   *
   * @param region whose pixels these are
   * @param pixels lent for the call, {@code RGB}, in the box's own size
   * @param slot to fill, native byte order, from position 0 to exactly {@code slot().bytes()};
   *     zeroed before the call; lent for the call
   * @throws Exception to fail this region
   */
  void transform(Region region, Pixels pixels, ByteBuffer slot) throws Exception;

  /** Frees what the instance holds. Does nothing unless overridden. */
  @Override
  default void close() throws Exception {}
}
