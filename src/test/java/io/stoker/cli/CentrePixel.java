package io.stoker.cli;

import io.stoker.region.Pixels;
import io.stoker.region.Region;
import io.stoker.region.RegionTransform;
import io.stoker.region.SlotSpec;
import java.nio.ByteBuffer;

/** Fills the slot with the region's middle pixel. */
public final class CentrePixel implements RegionTransform {
  static final int SIDE = 4;

  /** For Stoker. */
  public CentrePixel() {}

  @Override
  public SlotSpec slot() {
    return new SlotSpec(SIDE, SIDE, 3, SlotSpec.Type.FLOAT32);
  }

  @Override
  public void transform(Region region, Pixels pixels, ByteBuffer slot) {
    while (slot.hasRemaining()) {
      for (int channel = 0; channel < 3; channel++) {
        slot.putFloat(pixels.value(pixels.width() / 2, pixels.height() / 2, channel));
      }
    }
  }
}
