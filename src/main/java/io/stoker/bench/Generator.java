package io.stoker.bench;

import io.stoker.image.ImageDecoder;
import io.stoker.model.ModelException;
import io.stoker.pipeline.PlainDecoder;
import io.stoker.region.Region;
import io.stoker.storage.HadoopStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What Keras's {@code predict_generator} does: worker threads make batches of floats into a bounded
 * queue, one thread feeds and runs them. As many workers as we have decode threads, and Keras's
 * {@code max_queue_size} of 10. Unlike there, batches may overtake each other, and their arrays are
 * used again.
 */
final class Generator implements Strategy {
  private static final int MAX_QUEUE_SIZE = 10;

  private final Workload work;
  private final HeapDevice device;
  private final List<PlainDecoder> decoders = new ArrayList<>();
  private final BlockingQueue<HeapBatch> free;
  private final BlockingQueue<Made> made = new ArrayBlockingQueue<>(MAX_QUEUE_SIZE);
  private final BusyMeter meter = new BusyMeter();
  private final Crew crew;

  private record Made(HeapBatch batch, int first, int count) {}

  Generator(Workload work, ImageDecoder images) throws ModelException {
    this.work = work;
    this.device = HeapDevice.open(work);
    int workers = work.threads().decode();
    this.crew = new Crew(workers, "bench-generator");
    this.free = new ArrayBlockingQueue<>(MAX_QUEUE_SIZE + workers + 1);
    for (int i = 0; i < MAX_QUEUE_SIZE + workers + 1; i++) {
      free.add(new HeapBatch(work));
    }
    for (int i = 0; i < workers; i++) {
      decoders.add(
          new PlainDecoder(images, new HadoopStorage(work.resources().hadoop()), work.filling()));
    }
  }

  @Override
  public int regions() {
    return work.regions().size();
  }

  @Override
  public Pass pass(Answers answers) throws Exception {
    long begin = System.nanoTime();
    List<Region> regions = work.regions();
    int batches = (regions.size() + work.batch() - 1) / work.batch();
    var next = new AtomicInteger();
    for (PlainDecoder decoder : decoders) {
      crew.start(() -> make(decoder, next, batches));
    }
    for (int i = 0; i < batches; i++) {
      Made batch = made.take();
      meter.enter();
      answers.putAll(batch.first(), device.run(batch.batch().values(), batch.count()));
      meter.leave();
      free.add(batch.batch());
    }
    crew.join();
    long nanos = System.nanoTime() - begin;
    return Pass.of(regions.size(), nanos, (double) meter.take() / nanos);
  }

  private Boolean make(PlainDecoder decoder, AtomicInteger next, int batches) throws Exception {
    List<Region> regions = work.regions();
    for (int i = next.getAndIncrement(); i < batches; i = next.getAndIncrement()) {
      int first = i * work.batch();
      int count = Math.min(work.batch(), regions.size() - first);
      HeapBatch batch = free.take();
      batch.fill(decoder, regions.subList(first, first + count));
      made.put(new Made(batch, first, count));
    }
    return true;
  }

  @Override
  public void close() throws Exception {
    crew.close();
    for (PlainDecoder decoder : decoders) {
      decoder.close();
    }
    device.close();
  }
}
