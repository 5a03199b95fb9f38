package io.stoker.pipeline;

import io.stoker.image.DecodeCost;
import io.stoker.image.Decoders;
import io.stoker.image.ImageDecoder;
import io.stoker.image.ImageException;
import io.stoker.image.ImageHeader;
import io.stoker.image.WindowPlan;
import io.stoker.image.WindowPlanner;
import io.stoker.iterator.ByteBudget.Lease;
import io.stoker.iterator.StageClock;
import io.stoker.iterator.ThreadPriority;
import io.stoker.region.Box;
import io.stoker.region.Failure;
import io.stoker.region.Failure.Reason;
import io.stoker.storage.StoredFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A fetch thread: takes groups of regions of one image, reads the image, and hands it on with one
 * lease for all that it will need. Failures of an image fail its regions; storage that is broken
 * fails the task, unless this is its last attempt.
 */
final class Fetcher implements Runnable {
  /** Headers that are longer than this are not looked for; camera files have up to 1 MB. */
  private static final int MAX_HEADER_BYTES = 4 << 20;

  /** The JVM's longest array. */
  private static final int MAX_FILE_BYTES = Integer.MAX_VALUE - 8;

  /** No image takes more of the budget than this part while it can do with less. */
  private static final int IMAGE_PART = 4;

  private static final int BYTES_A_PIXEL = 3;

  /** The file as it was read, and the copy that a decoder makes in its own memory. */
  private static final int ENCODED_COPIES = 2;

  /**
   * Images a decode thread that may wait to be decoded, before no more are read. Without a bound
   * but the budget's, gigabytes of files were read ahead that had left the processor's caches, and
   * the garbage collector's young generation, when their turn came: with 98,304 JPEGs of 55 KB on
   * 16 cores (2026-11-24), 7,400 images a second instead of 9,700 with 16,384.
   */
  private static final int DECODES_AHEAD = 8;

  private final Floor floor;
  private final StageClock clock;
  private final BoxPlacement placement;
  private final byte[] prefix = new byte[MemoryPlan.PREFIX_BYTES];

  Fetcher(Floor floor) {
    this.floor = floor;
    this.clock = floor.counters().fetch;
    this.placement =
        new BoxPlacement(
            floor.options().boxOutside(),
            floor.options().maxPixels(),
            floor.filling() instanceof Filling.Copy copy ? copy.slot() : null);
  }

  @Override
  public void run() {
    ThreadPriority.lower();
    boolean more = true;
    while (more) {
      floor.fetchGate().enter();
      try {
        more = fetchOnce();
      } finally {
        floor.fetchGate().leave();
      }
    }
  }

  /** Returns whether there may be more to fetch. */
  private boolean fetchOnce() {
    long since = clock.now();
    ImageGroup group = floor.toFetch().take();
    since = clock.inputSince(since);
    if (group == null) {
      return false;
    }
    floor.toDecode().awaitLess(DECODES_AHEAD * floor.options().knobs().most().decodeThreads());
    clock.outputSince(since);
    if (group.client().cancellation().enter()) {
      floor.activity().reading.incrementAndGet();
      try {
        fetch(group);
      } finally {
        floor.activity().reading.decrementAndGet();
        group.client().cancellation().leave();
      }
    }
    return true;
  }

  private void fetch(ImageGroup group) {
    var left = new ArrayList<>(group.elements());
    try {
      read(group, left);
    } catch (ImageException e) {
      failAll(left, e.failure());
    } catch (IOException e) {
      failRead(group, left, e);
    } catch (InterruptedException e) {
      // The task was cancelled, nobody waits for its regions.
    } catch (OutOfMemoryError e) {
      floor.faults().fail(group.client(), e);
    }
  }

  private void failRead(ImageGroup group, List<Element> left, IOException e) {
    if (left.isEmpty() || group.client().isCancelled()) {
      return; // only closing failed, or the task's end interrupted the read
    }
    String detail = detail(group.uri(), e);
    if (e instanceof FileNotFoundException || e instanceof NoSuchFileException) {
      failAll(left, new Failure(Reason.NOT_FOUND, detail));
    } else if (e instanceof AccessDeniedException) {
      failAll(left, new Failure(Reason.DENIED, detail));
    } else if (group.client().isLastAttempt()) {
      failAll(left, new Failure(Reason.IO, detail));
    } else {
      floor.faults().fail(group.client(), new IOException("cannot read " + detail, e));
    }
  }

  private void failAll(List<Element> elements, Failure failure) {
    elements.forEach(element -> floor.fail(element, failure));
    elements.clear();
  }

  /** Removes from {@code left} whom it fails or hands on. */
  private void read(ImageGroup group, List<Element> left)
      throws IOException, ImageException, InterruptedException {
    long since = clock.now();
    checkGroup(group);
    try (StoredFile file = open(group.uri())) {
      long fileBytes = file.length();
      int prefixBytes = (int) Math.min(fileBytes, prefix.length);
      read(file, 0, prefix, 0, prefixBytes);
      if (fileBytes == 0) {
        throw new ImageException(Reason.TRUNCATED, "the file is empty");
      }
      if (fileBytes > MAX_FILE_BYTES) {
        throw new ImageException(
            Reason.TOO_LARGE, String.format("the file has %,d bytes, over 2 GiB", fileBytes));
      }
      ImageDecoder decoder = decoder(prefixBytes);
      ImageHeader header = header(decoder, file, prefixBytes, (int) fileBytes);
      List<DecodeJob> jobs = plan(decoder, header, left, fileBytes);
      if (!jobs.isEmpty()) {
        int parallel = parallel(decoder, header, jobs, fileBytes);
        long bytes = fileBytes + parallel * (fileBytes + largest(decoder, header, jobs));
        since = clock.busySince(since);
        Lease lease = lease(bytes, group.uri());
        since = clock.outputSince(since);
        handOn(group.client(), decoder, header, file, (int) fileBytes, jobs, parallel, lease);
        left.clear(); // they are the decode threads' now
      }
    } finally {
      clock.busySince(since);
    }
  }

  private void checkGroup(ImageGroup group) throws ImageException {
    floor.checkAllowed(group.uri());
    if (group.page() != 0) {
      throw new ImageException(
          Reason.NO_SUCH_PAGE, "page " + group.page() + " is asked for, the file has page 0 only");
    }
  }

  private StoredFile open(String uri) throws IOException {
    StoredFile file = SafeFile.open(floor.storage(), uri);
    floor.counters().opens.increment();
    return file;
  }

  private void read(StoredFile file, long position, byte[] buffer, int offset, int length)
      throws IOException {
    if (length > 0) {
      file.read(position, buffer, offset, length);
      floor.counters().bytesRead.add(length);
    }
  }

  private ImageDecoder decoder(int prefixBytes) throws ImageException {
    for (ImageDecoder decoder : floor.decoders()) {
      if (decoder.accepts(prefix, prefixBytes)) {
        return decoder;
      }
    }
    throw Decoders.refusal(prefix, prefixBytes);
  }

  private ImageHeader header(ImageDecoder decoder, StoredFile file, int prefixBytes, int fileBytes)
      throws IOException, ImageException, InterruptedException {
    Optional<ImageHeader> header = header(decoder, prefix, prefixBytes);
    int longerBytes =
        (int) Math.min(Math.min(fileBytes, MAX_HEADER_BYTES), floor.budget().available());
    if (header.isEmpty() && longerBytes > prefixBytes) {
      // Given back before the image's own lease is asked for: nobody may hold one and wait.
      try (Lease lease = lease(longerBytes, "header")) {
        var longer = new byte[longerBytes];
        read(file, 0, longer, 0, longerBytes);
        header = header(decoder, longer, longerBytes);
      }
    }
    ImageHeader found =
        header.orElseThrow(
            () ->
                new ImageException(
                    longerBytes >= fileBytes ? Reason.TRUNCATED : Reason.UNSUPPORTED,
                    String.format("no image header in the first %,d bytes", longerBytes)));
    if (found.pixels() > floor.options().maxPixels()) {
      throw new ImageException(
          Reason.TOO_MANY_PIXELS,
          String.format(
              "the image has %dx%d pixels, expected at most %,d",
              found.width(), found.height(), floor.options().maxPixels()));
    }
    return found;
  }

  private static Optional<ImageHeader> header(ImageDecoder decoder, byte[] bytes, int length)
      throws ImageException {
    try {
      return decoder.header(bytes, length);
    } catch (RuntimeException | StackOverflowError e) { // hostile files find every bug
      throw new ImageException(Reason.CORRUPT, "the header does not parse: " + e);
    }
  }

  /** Settles boxes and windows; regions that cannot be decoded fail here. */
  private List<DecodeJob> plan(
      ImageDecoder decoder, ImageHeader header, List<Element> left, long fileBytes) {
    var placed = new ArrayList<Placed>(left.size());
    for (Element element : left) {
      try {
        placed.add(placement.place(element, header));
      } catch (ImageException e) {
        floor.fail(element, e.failure());
      }
    }
    left.clear();
    long available = floor.budget().available() - ENCODED_COPIES * fileBytes;
    List<Box> visible = placed.stream().map(Placed::visible).toList();
    WindowPlan plan =
        WindowPlanner.plan(
            DecodeCost.of(header, fileBytes),
            visible,
            window -> decodeBytes(decoder, header, window),
            available);
    for (int index : plan.tooLarge()) {
      Placed region = placed.get(index);
      failTooLarge(
          List.of(region), region.visible(), decodeBytes(decoder, header, region.visible()));
    }
    var jobs = new ArrayList<DecodeJob>();
    for (WindowPlan.Job planned : plan.jobs()) {
      var job = new DecodeJob(planned.window(), planned.boxes().stream().map(placed::get).toList());
      long needed = bytes(decoder, header, job);
      if (needed <= available) {
        jobs.add(job);
        job.regions().forEach(region -> left.add(region.element()));
      } else {
        failTooLarge(job.regions(), job.window(), needed);
      }
    }
    return jobs;
  }

  private static String detail(String uri, IOException e) {
    String message = e.getMessage();
    return message != null && message.startsWith(uri) ? message : uri + ": " + e;
  }

  private void failTooLarge(List<Placed> regions, Box window, long bytes) {
    var failure =
        new Failure(
            Reason.TOO_LARGE,
            String.format(
                "window %s takes %,d bytes to decode, images have %,d; raise --memory",
                window, bytes, floor.budget().available()));
    regions.forEach(region -> floor.fail(region.element(), failure));
  }

  /** How many jobs of the image may run at once. */
  private int parallel(
      ImageDecoder decoder, ImageHeader header, List<DecodeJob> jobs, long fileBytes) {
    long share = floor.budget().available() / IMAGE_PART - fileBytes;
    long affordable = Math.max(1, share / (fileBytes + largest(decoder, header, jobs)));
    return (int)
        Math.min(affordable, Math.min(floor.options().knobs().most().decodeThreads(), jobs.size()));
  }

  private static long largest(ImageDecoder decoder, ImageHeader header, List<DecodeJob> jobs) {
    return jobs.stream().mapToLong(job -> bytes(decoder, header, job)).max().orElseThrow();
  }

  /** A job's memory: the decoder's, and the largest padded copy. */
  private static long bytes(ImageDecoder decoder, ImageHeader header, DecodeJob job) {
    long padded =
        job.regions().stream()
            .filter(Placed::isPadded)
            .mapToLong(region -> region.box().area() * BYTES_A_PIXEL)
            .max()
            .orElse(0);
    return padded > MAX_FILE_BYTES
        ? Long.MAX_VALUE / 2
        : padded + decodeBytes(decoder, header, job.window());
  }

  private static long decodeBytes(ImageDecoder decoder, ImageHeader header, Box window) {
    return window.area() > MAX_FILE_BYTES / BYTES_A_PIXEL
        ? Long.MAX_VALUE / 4 // no buffer can hold it, so no memory suffices
        : Math.max(1, decoder.decodeBytes(header, window));
  }

  private Lease lease(long bytes, String owner) throws ImageException, InterruptedException {
    return acquire(bytes, owner)
        .orElseThrow(
            () ->
                new ImageException(
                    Reason.TOO_LARGE,
                    String.format(
                        "it takes %,d bytes, images have %,d; raise --memory",
                        bytes, floor.budget().available())));
  }

  private Optional<Lease> acquire(long bytes, String owner) throws InterruptedException {
    floor.activity().reading.decrementAndGet();
    floor.activity().awaitingMemory.incrementAndGet();
    try {
      return floor.budget().acquire(bytes, owner);
    } finally {
      floor.activity().awaitingMemory.decrementAndGet();
      floor.activity().reading.incrementAndGet();
    }
  }

  /** Reads the rest under the lease, which goes with the image or is closed. */
  private void handOn(
      Client client,
      ImageDecoder decoder,
      ImageHeader header,
      StoredFile file,
      int fileBytes,
      List<DecodeJob> jobs,
      int parallel,
      Lease lease)
      throws IOException {
    boolean handedOn = false;
    try {
      var encoded = new byte[fileBytes];
      int known = Math.min(fileBytes, prefix.length);
      System.arraycopy(prefix, 0, encoded, 0, known);
      read(file, known, encoded, known, fileBytes - known);
      var image = new LeasedImage(client, decoder, header, encoded, jobs, lease);
      handedOn = true;
      boolean taken = true;
      for (int i = 0; i < parallel && taken; i++) {
        taken = floor.toDecode().put(image);
      }
      if (!taken || client.isCancelled()) {
        image.abandon(); // whoever cancelled may have looked into the queue too early
      }
    } finally {
      if (!handedOn) {
        lease.close();
      }
    }
  }
}
