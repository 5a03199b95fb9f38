package io.stoker.cli;

import io.stoker.region.Region;
import io.stoker.region.RegionLoader;
import io.stoker.region.SlotSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Makes the example network's input of nothing. A row's URI is the milliseconds that takes, so that
 * a job lasts as long as a test wants. Says that it was called by a file, where {@code
 * stoker.test.started} names one.
 */
public final class SlowLoader implements RegionLoader {
  /** For Stoker. */
  public SlowLoader() {}

  @Override
  public SlotSpec slot() {
    return new SlotSpec(64, 64, 3, SlotSpec.Type.FLOAT32);
  }

  @Override
  public void load(Region region, ByteBuffer slot) throws IOException, InterruptedException {
    String started = System.getProperty("stoker.test.started");
    if (started != null) {
      Files.writeString(Path.of(started), region.uri());
    }
    TimeUnit.MILLISECONDS.sleep(Long.parseLong(region.uri()));
    slot.position(slot.limit());
  }
}
