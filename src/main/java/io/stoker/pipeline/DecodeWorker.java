package io.stoker.pipeline;

import io.stoker.image.DecodedImage;
import io.stoker.image.ImageDecoder;
import io.stoker.image.ImageException;
import io.stoker.iterator.StageClock;
import io.stoker.region.Box;
import io.stoker.region.Failure;
import io.stoker.region.Failure.Reason;
import io.stoker.region.Pixels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A decode thread: decodes a window into the decoder's memory and makes a slot of each region in
 * it.
 *
 * <p>A slot is claimed when its pixels are at hand, and only for as long as they are copied or
 * resized into it: so no slow or hung decode, and no user code, can hold up a batch.
 *
 * <p>What decoders and user code throw fails a region. Only what says that the JVM itself is out of
 * memory or broken fails the task.
 */
final class DecodeWorker implements AutoCloseable {
  private static final int CHANNELS = 3;

  private final Floor floor;
  private final DecodePool pool;
  private final StageClock decodeClock;
  private final StageClock fillClock;
  private final SlotFiller filler;
  private final Map<ImageDecoder, ImageDecoder.Worker> decoders = new IdentityHashMap<>();

  /** Set by this thread when it comes back from a decode that was written off. */
  private boolean writtenOff;

  DecodeWorker(Floor floor, DecodePool pool) {
    this.floor = floor;
    this.pool = pool;
    this.decodeClock = floor.counters().decode;
    this.fillClock = floor.counters().preprocess;
    this.filler = SlotFiller.of(floor.filling());
  }

  /** Whether another thread has taken this one's place. */
  boolean isWrittenOff() {
    return writtenOff;
  }

  void run() {
    boolean more = true;
    while (more) {
      floor.decodeGate().enter();
      try {
        more = workOnce();
      } finally {
        if (!writtenOff) {
          floor.decodeGate().leave(); // else whoever wrote it off did
        }
      }
    }
  }

  /** Returns whether there may be more to do for this thread. */
  private boolean workOnce() {
    long since = decodeClock.now();
    DecodeWork work = floor.toDecode().take();
    decodeClock.inputSince(since);
    floor.activity().working.incrementAndGet();
    try {
      if (work instanceof LeasedImage image) {
        decodeOne(image);
      } else if (work instanceof DecodeWork.Load load) {
        load(load.element());
      }
    } finally {
      floor.activity().working.decrementAndGet();
    }
    return work != null && !writtenOff;
  }

  private void load(Element element) {
    try {
      floor.checkAllowed(element.region().uri());
    } catch (ImageException e) {
      floor.fail(element, e.failure());
      return;
    }
    makeSlot(List.of(element), SlotFiller.NO_PIXELS, null);
  }

  /** Does one of the image's jobs; the others wait their turn behind other images. */
  private void decodeOne(LeasedImage image) {
    if (image.client().isCancelled()) {
      image.abandon();
      return;
    }
    DecodeJob job = image.next();
    if (job == null) {
      return;
    }
    boolean more = false;
    try {
      decode(image, job);
    } finally {
      more = image.finished();
    }
    if (more && !(floor.toDecode().put(image) && !image.client().isCancelled())) {
      image.abandon();
    }
  }

  private void decode(LeasedImage image, DecodeJob job) {
    try (DecodedImage decoded = watched(image, job)) {
      if (decoded != null) {
        floor.counters().decoded(image.header(), job.window());
        makeSlots(image, decoded, job.regions());
      }
    } catch (OutOfMemoryError e) {
      floor.faults().fail(image.client(), e);
    }
  }

  private void makeSlots(LeasedImage image, DecodedImage decoded, List<Placed> regions) {
    List<Element> elements = regions.stream().map(Placed::element).toList();
    for (int i = 0; i < regions.size() && !writtenOff; i++) {
      Pixels pixels;
      try {
        pixels = pixels(decoded, regions.get(i));
      } catch (RuntimeException e) { // the decoder gave other pixels than it was asked for
        floor.fail(elements.get(i), new Failure(Reason.CORRUPT, "no pixels of the box: " + e));
        continue;
      }
      makeSlot(elements.subList(i, elements.size()), pixels, image);
    }
  }

  /** Decodes, and returns null if that failed or was written off; the regions are answered then. */
  private @Nullable DecodedImage watched(LeasedImage image, DecodeJob job) {
    List<Element> waiting = job.regions().stream().map(Placed::element).toList();
    String what = "decoding window " + job.window();
    var watch = new HangWatch(floor, pool, Reason.TIMEOUT, what, waiting, image);
    long since = decodeClock.now();
    DecodedImage decoded = null;
    Throwable thrown = null;
    try {
      byte[] encoded = image.encoded();
      decoded =
          worker(image.decoder()).decode(encoded, encoded.length, image.header(), job.window());
    } catch (Throwable t) { // NOPMD: a decoder's border, hostile files find every bug
      thrown = t;
    }
    boolean inTime = watch.end();
    decodeClock.busySince(since);
    if (!inTime) {
      comeBack();
      if (decoded != null) {
        decoded.close();
      }
      return null;
    }
    if (thrown != null) {
      failDecode(image, job, thrown);
    }
    return decoded;
  }

  private void comeBack() {
    writtenOff = true;
    pool.cameBack();
    Thread.interrupted(); // the alarm's, which is not for what closes this thread's parts
  }

  private ImageDecoder.Worker worker(ImageDecoder decoder) {
    return decoders.computeIfAbsent(decoder, ImageDecoder::worker);
  }

  private void failDecode(LeasedImage image, DecodeJob job, Throwable thrown) {
    if (isFatal(thrown)) {
      floor.faults().fail(image.client(), thrown);
      return;
    }
    Failure failure =
        thrown instanceof ImageException e
            ? e.failure()
            : new Failure(
                Reason.CORRUPT, "the " + image.header().format() + " decoder threw " + thrown);
    job.regions().forEach(region -> floor.fail(region.element(), failure));
  }

  /**
   * Endless recursion over hostile data is the data's fault; no memory, or a broken JVM, is not.
   */
  private static boolean isFatal(Throwable thrown) {
    return thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError);
  }

  /** The region's part of the window; with a black border around it where it is padded. */
  private static Pixels pixels(DecodedImage decoded, Placed region) {
    Box window = decoded.window();
    Box visible = region.visible();
    if (visible.x() < window.x()
        || visible.y() < window.y()
        || visible.right() > window.right()
        || visible.bottom() > window.bottom()) {
      throw new IllegalArgumentException("the decoder gave " + window + ", not " + visible);
    }
    int stride = window.width() * CHANNELS;
    int offset = (visible.y() - window.y()) * stride + (visible.x() - window.x()) * CHANNELS;
    ByteBuffer data = decoded.pixels().duplicate();
    if (!region.isPadded()) {
      return new Pixels(
          visible.width(), visible.height(), CHANNELS, stride, data.asReadOnlyBuffer(), offset);
    }
    Box box = region.box();
    ByteBuffer padded = ByteBuffer.allocate(Math.toIntExact(box.area() * CHANNELS));
    int first = ((visible.y() - box.y()) * box.width() + (visible.x() - box.x())) * CHANNELS;
    for (int row = 0; row < visible.height(); row++) {
      padded.put(
          first + row * box.width() * CHANNELS,
          data,
          offset + row * stride,
          visible.width() * CHANNELS);
    }
    return new Pixels(
        box.width(), box.height(), CHANNELS, box.width() * CHANNELS, padded.asReadOnlyBuffer(), 0);
  }

  /** Of the first of the regions; the others wait for it. */
  private void makeSlot(List<Element> waiting, Pixels pixels, @Nullable LeasedImage image) {
    Element element = waiting.get(0);
    long since = fillClock.now();
    Activity activity = floor.activity();
    activity.preprocessing.incrementAndGet();
    boolean prepared;
    try {
      prepared = prepare(waiting, pixels, image);
    } finally {
      activity.preprocessing.decrementAndGet();
    }
    since = fillClock.busySince(since);
    if (!prepared) {
      return;
    }
    Slot slot = floor.ring().claim(element);
    since = decodeClock.outputSince(since);
    if (slot != null) {
      activity.preprocessing.incrementAndGet();
      fill(element, pixels, slot);
      activity.preprocessing.decrementAndGet();
      fillClock.busySince(since);
    }
  }

  /** Within the reach of the task's end, since user code may wait for anything. */
  private boolean prepare(List<Element> waiting, Pixels pixels, @Nullable LeasedImage image) {
    if (!filler.isForeign()) {
      return true;
    }
    Element element = waiting.get(0);
    Client client = element.client();
    if (!client.cancellation().enter()) {
      return false;
    }
    Throwable thrown = null;
    boolean inTime;
    try {
      var watch = new HangWatch(floor, pool, Reason.TRANSFORM, "preprocessing", waiting, image);
      try {
        filler.prepare(element.region(), pixels);
      } catch (Throwable t) { // NOPMD: the user's border
        thrown = t;
      }
      inTime = watch.end();
    } finally {
      client.cancellation().leave();
    }
    if (!inTime) {
      comeBack();
      return false;
    }
    if (thrown == null) {
      return true;
    }
    if (isFatal(thrown)) {
      floor.faults().fail(client, thrown);
    } else {
      floor.fail(element, new Failure(Reason.TRANSFORM, thrown.toString()));
    }
    return false;
  }

  private void fill(Element element, Pixels pixels, Slot slot) {
    try {
      filler.fill(pixels, slot.bytes());
    } catch (RuntimeException | Error e) {
      floor.ring().spoiled(slot);
      element.client().fail(element, new Failure(Reason.TRANSFORM, e.toString()));
      return;
    }
    floor.ring().filled(slot);
  }

  @Override
  public void close() throws IOException {
    var failures = new IOException("a decode thread could not be closed");
    try {
      filler.close();
    } catch (Exception e) {
      failures.addSuppressed(e);
    }
    for (ImageDecoder.Worker worker : decoders.values()) {
      try {
        worker.close();
      } catch (RuntimeException e) {
        failures.addSuppressed(e);
      }
    }
    if (failures.getSuppressed().length > 0) {
      throw failures;
    }
  }
}
