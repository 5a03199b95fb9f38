package io.stoker.pipeline;

import io.stoker.region.RegionLoader;
import io.stoker.region.RegionTransform;
import io.stoker.region.SlotSpec;
import java.util.function.Supplier;

/** Who makes a slot of a region. Chosen once a pipeline: a batch has one shape. */
public sealed interface Filling {
  /** The shape and type of every slot. */
  SlotSpec slot();

  /**
   * Pixels are copied as they are: every box has the slot's size.
   *
   * @param slot {@code [boxHeight, boxWidth, 3] uint8}
   */
  record Copy(SlotSpec slot) implements Filling {
    /**
     * @throws IllegalArgumentException if the slot cannot hold pixels
     */
    public Copy {
      if (slot.channels() != 3 || slot.type() != SlotSpec.Type.UINT8) {
        throw new IllegalArgumentException(
            "slot is " + slot + ", expected 3 channels of UINT8 to copy pixels into");
      }
    }
  }

  /**
   * Decode workers resize each box, whatever its size: bilinear, half-pixel centres.
   *
   * @param slot {@code [modelHeight, modelWidth, 3] float32}
   */
  record Resize(SlotSpec slot) implements Filling {
    /**
     * @throws IllegalArgumentException if the slot cannot hold resized pixels
     */
    public Resize {
      if (slot.channels() != 3 || slot.type() != SlotSpec.Type.FLOAT32) {
        throw new IllegalArgumentException(
            "slot is " + slot + ", expected 3 channels of FLOAT32 to resize pixels into");
      }
    }
  }

  /**
   * The user's class makes the slot of decoded pixels.
   *
   * @param factory called once in each decode thread, which closes what it gets
   */
  record Transform(SlotSpec slot, Supplier<? extends RegionTransform> factory) implements Filling {}

  /**
   * The user's class makes the slot; nothing is read or decoded.
   *
   * @param factory called once in each decode thread, which closes what it gets
   */
  record Load(SlotSpec slot, Supplier<? extends RegionLoader> factory) implements Filling {}
}
