package io.stoker.pipeline;

import io.stoker.image.DecodeCost;
import io.stoker.image.DecodedImage;
import io.stoker.image.ImageDecoder;
import io.stoker.image.ImageException;
import io.stoker.image.ImageHeader;
import io.stoker.image.WindowPlan;
import io.stoker.image.WindowPlanner;
import io.stoker.region.Box;
import io.stoker.region.Pixels;
import io.stoker.region.Region;
import io.stoker.storage.Storage;
import io.stoker.storage.StoredFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.ObjIntConsumer;

/**
 * Reads and decodes in the calling thread, without a pipeline: what a pipeline is measured against.
 * The same windows, decoders and resizing, but nothing happens ahead of time. Used by one thread.
 */
public final class PlainDecoder implements AutoCloseable {
  private static final int CHANNELS = 3;

  private final ImageDecoder decoder;
  private final ImageDecoder.Worker worker;
  private final Storage storage;
  private final SlotFiller filler;

  /**
   * @param decoder lent; every image must be one of its
   * @param storage lent
   * @param filling how pixels become slots; by copy or by resizing
   */
  public PlainDecoder(ImageDecoder decoder, Storage storage, Filling filling) {
    this.decoder = decoder;
    this.worker = decoder.worker();
    this.storage = storage;
    this.filler = SlotFiller.of(filling);
  }

  /**
   * Makes a slot of each region.
   *
   * @param regions all of one image
   * @param slot the slot to write; the same one may be given each time
   * @param done is told of each slot once it is written, with the region's place in the list
   * @throws IOException if the file cannot be read
   * @throws ImageException if it does not decode, or a box lies outside
   */
  public void decode(List<Region> regions, ByteBuffer slot, ObjIntConsumer<ByteBuffer> done)
      throws IOException, ImageException {
    byte[] encoded;
    try (StoredFile file = storage.open(regions.get(0).uri())) {
      encoded = new byte[Math.toIntExact(file.length())];
      file.read(0, encoded, 0, encoded.length);
    }
    ImageHeader header =
        decoder
            .header(encoded, encoded.length)
            .orElseThrow(() -> new IOException(regions.get(0).uri() + " has no header"));
    List<Box> boxes = regions.stream().map(region -> box(region, header)).toList();
    WindowPlan plan =
        WindowPlanner.plan(
            DecodeCost.of(header, encoded.length), boxes, window -> 0, Long.MAX_VALUE);
    for (WindowPlan.Job job : plan.jobs()) {
      try (DecodedImage decoded = worker.decode(encoded, encoded.length, header, job.window())) {
        for (int index : job.boxes()) {
          filler.fill(pixels(decoded, boxes.get(index)), slot);
          done.accept(slot, index);
        }
      }
    }
  }

  private static Box box(Region region, ImageHeader header) {
    Box box = region.box();
    return box == null ? new Box(0, 0, header.width(), header.height()) : box;
  }

  private static Pixels pixels(DecodedImage decoded, Box box) {
    Box window = decoded.window();
    int stride = window.width() * CHANNELS;
    int offset = (box.y() - window.y()) * stride + (box.x() - window.x()) * CHANNELS;
    return new Pixels(
        box.width(), box.height(), CHANNELS, stride, decoded.pixels().asReadOnlyBuffer(), offset);
  }

  @Override
  public void close() throws Exception {
    worker.close();
    filler.close();
  }
}
