package io.stoker.region;

import java.nio.ByteBuffer;

/**
 * Your own way from a manifest's row to the model's input, in place of reading and decoding: the
 * row may name anything, such as coordinates in an array store or a database key. Named by {@code
 * --preprocess CLASS}; needs a public constructor without arguments, and is loaded through the
 * task's context class loader.
 *
 * <p>One instance is built for each worker thread and only used there, so it may keep connections
 * and buffers. It is closed when the thread ends. What it throws fails that region alone (stage
 * {@code preprocess}), except errors of the JVM.
 */
public interface RegionLoader extends AutoCloseable {
  /** What the slot looks like. Asked once, on the driver and on each worker; must not change. */
  SlotSpec slot();

  /**
   * Fills the slot of one region.
   *
   * @param region what to load; its URI is passed as the manifest has it
   * @param slot to fill, native byte order, from position 0 to exactly {@code slot().bytes()};
   *     zeroed before the call; lent for the call
   * @throws InterruptedException if the thread is interrupted, for which the call must watch where
   *     it waits
   * @throws Exception to fail this region
   */
  void load(Region region, ByteBuffer slot) throws Exception;

  /** Frees what the instance holds. Does nothing unless overridden. */
  @Override
  default void close() throws Exception {}
}
