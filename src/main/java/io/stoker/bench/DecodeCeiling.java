package io.stoker.bench;

import io.stoker.image.ImageDecoder;
import io.stoker.pipeline.PlainDecoder;
import io.stoker.region.Region;
import io.stoker.storage.HadoopStorage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** All cores read and decode, and nothing else happens: no faster can anybody feed a device. */
final class DecodeCeiling implements Strategy {
  private final Workload work;
  private final List<List<Region>> images;
  private final List<PlainDecoder> decoders = new ArrayList<>();
  private final Crew crew;

  DecodeCeiling(Workload work, ImageDecoder decoder) {
    this.work = work;
    this.images = Workload.images(work.regions());
    int cores = work.resources().cores();
    this.crew = new Crew(cores, "bench-decode");
    for (int i = 0; i < cores; i++) {
      decoders.add(
          new PlainDecoder(decoder, new HadoopStorage(work.resources().hadoop()), work.filling()));
    }
  }

  @Override
  public int regions() {
    return work.regions().size();
  }

  @Override
  public Pass pass(Answers answers) throws Exception {
    long begin = System.nanoTime();
    var next = new AtomicInteger();
    for (PlainDecoder decoder : decoders) {
      crew.start(
          () -> {
            var slot =
                ByteBuffer.allocateDirect(work.job().slot().bytes()).order(ByteOrder.nativeOrder());
            for (int i = next.getAndIncrement(); i < images.size(); i = next.getAndIncrement()) {
              decoder.decode(images.get(i), slot, (filled, index) -> {});
            }
            return true;
          });
    }
    crew.join();
    return Pass.of(work.regions().size(), System.nanoTime() - begin, Double.NaN);
  }

  @Override
  public boolean answersRegions() {
    return false;
  }

  @Override
  public void close() throws Exception {
    crew.close();
    for (PlainDecoder decoder : decoders) {
      decoder.close();
    }
  }
}
