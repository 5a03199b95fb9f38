package io.stoker.pipeline;

import io.stoker.image.DecodedImage;
import io.stoker.image.ImageDecoder;
import io.stoker.image.ImageException;
import io.stoker.image.ImageHeader;
import io.stoker.region.Box;
import io.stoker.region.Failure.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Decodes {@link FakeImage}s. Counts what is open, and overwrites pixels when they are closed. */
final class FakeDecoder implements ImageDecoder {
  /** Called in the decode thread, where it may wait or throw. */
  interface Hook {
    void beforeDecode(FakeImage image, Box window) throws ImageException;
  }

  final AtomicInteger openWorkers = new AtomicInteger();
  final AtomicInteger openImages = new AtomicInteger();
  final AtomicInteger decodes = new AtomicInteger();

  /** Pretended bytes of all decodes that run or are open. */
  final AtomicLong liveBytes = new AtomicLong();

  final AtomicLong peakLiveBytes = new AtomicLong();
  volatile Hook hook = (image, window) -> {};

  /** Decodes of that image give fewer pixels than they should. */
  volatile int shortPixelsOfSeed = -1;

  /** The header of that image breaks the parser. */
  volatile int brokenHeaderOfSeed = -1;

  /** Decodes of that image give another window than was asked for. */
  volatile int otherWindowOfSeed = -1;

  /** There is no memory left for that image's pixels. */
  volatile int noMemoryForSeed = -1;

  /** So many workers cannot be made. */
  final AtomicInteger brokenWorkers = new AtomicInteger();

  /** Pretended bytes a pixel. */
  volatile long bytesAPixel = 3;

  @Override
  public boolean accepts(byte[] prefix, int length) {
    return FakeImage.hasMagic(prefix, length);
  }

  @Override
  public Optional<ImageHeader> header(byte[] prefix, int length) throws ImageException {
    FakeImage image = FakeImage.parse(prefix, length);
    if (image == null) {
      return Optional.empty();
    }
    if (image.seed() == brokenHeaderOfSeed) {
      throw new IllegalStateException("a bug in the parser");
    }
    if (image.width() < 1) {
      throw new ImageException(Reason.CORRUPT, "width is " + image.width());
    }
    return Optional.of(
        new ImageHeader(
            "fake", image.width(), image.height(), 3, image.sequential(), image.sequential()));
  }

  @Override
  public long decodeBytes(ImageHeader header, Box window) {
    return window.area() * bytesAPixel;
  }

  @Override
  public Worker worker() {
    if (brokenWorkers.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("no worker to be had");
    }
    openWorkers.incrementAndGet();
    return new FakeWorker();
  }

  @Override
  public void close() {}

  private final class FakeWorker implements Worker {
    private final Thread owner = Thread.currentThread();

    @Override
    public DecodedImage decode(byte[] encoded, int length, ImageHeader header, Box window)
        throws ImageException {
      if (Thread.currentThread() != owner) {
        throw new AssertionError("worker of " + owner + " used by " + Thread.currentThread());
      }
      decodes.incrementAndGet();
      long bytes = window.area() * bytesAPixel;
      peakLiveBytes.accumulateAndGet(liveBytes.addAndGet(bytes), Math::max);
      boolean decoded = false;
      try {
        FakeImage image = Objects.requireNonNull(FakeImage.parse(encoded, length));
        hook.beforeDecode(image, window);
        openImages.incrementAndGet();
        decoded = true;
        byte[] pixels = image.pixels(window);
        boolean tooShort = image.seed() == shortPixelsOfSeed;
        Box given =
            image.seed() == otherWindowOfSeed
                ? new Box(window.x() + 100, window.y() + 100, window.width(), window.height())
                : window;
        return new Decoded(
            given,
            tooShort ? Arrays.copyOf(pixels, 100) : pixels,
            bytes,
            image.seed() == noMemoryForSeed);
      } finally {
        if (!decoded) {
          liveBytes.addAndGet(-bytes);
        }
      }
    }

    @Override
    public void close() {
      openWorkers.decrementAndGet();
    }
  }

  private final class Decoded implements DecodedImage {
    private final Box window;
    private final byte[] pixels;
    private final long bytes;
    private final boolean noMemory;
    private boolean closed;

    Decoded(Box window, byte[] pixels, long bytes, boolean noMemory) {
      this.noMemory = noMemory;
      this.window = window;
      this.pixels = pixels;
      this.bytes = bytes;
    }

    @Override
    public Box window() {
      return window;
    }

    @Override
    public ByteBuffer pixels() {
      if (noMemory) {
        throw new OutOfMemoryError("as a test wants it");
      }
      return ByteBuffer.wrap(pixels);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        Arrays.fill(pixels, (byte) 0x5A);
        openImages.decrementAndGet();
        liveBytes.addAndGet(-bytes);
      }
    }
  }
}
