package io.stoker.bench;

import io.stoker.image.ImageDecoder;
import io.stoker.model.ModelException;
import io.stoker.pipeline.PlainDecoder;
import io.stoker.region.Region;
import io.stoker.storage.HadoopStorage;
import java.util.List;

/** One thread: decode a batch to an array, make a tensor of it, run, and again. */
final class Feed implements Strategy {
  private final Workload work;
  private final HeapDevice device;
  private final PlainDecoder decoder;
  private final HeapBatch batch;
  private final BusyMeter meter = new BusyMeter();

  Feed(Workload work, ImageDecoder images) throws ModelException {
    this.work = work;
    this.device = HeapDevice.open(work);
    this.decoder =
        new PlainDecoder(images, new HadoopStorage(work.resources().hadoop()), work.filling());
    this.batch = new HeapBatch(work);
  }

  @Override
  public int regions() {
    return work.regions().size();
  }

  @Override
  public Pass pass(Answers answers) throws Exception {
    long begin = System.nanoTime();
    List<Region> regions = work.regions();
    for (int first = 0; first < regions.size(); first += work.batch()) {
      int count = Math.min(work.batch(), regions.size() - first);
      batch.fill(decoder, regions.subList(first, first + count));
      meter.enter();
      answers.putAll(first, device.run(batch.values(), count));
      meter.leave();
    }
    long nanos = System.nanoTime() - begin;
    return Pass.of(regions.size(), nanos, (double) meter.take() / nanos);
  }

  @Override
  public void close() throws Exception {
    decoder.close();
    device.close();
  }
}
