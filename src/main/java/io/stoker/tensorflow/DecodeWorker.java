package io.stoker.tensorflow;

import io.stoker.image.DecodedImage;
import io.stoker.image.ImageDecoder;
import io.stoker.image.ImageException;
import io.stoker.image.ImageHeader;
import io.stoker.region.Box;
import io.stoker.region.Failure.Reason;
import io.stoker.tensorflow.DecodeGraph.Op;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One thread's way into the decode session. Not thread-safe. */
final class DecodeWorker implements ImageDecoder.Worker {
  private final NativeSession session;
  private final EncodedBuffer buffer = new EncodedBuffer();
  private final Map<Op, NativeSession.Runner> runners = new EnumMap<>(Op.class);

  DecodeWorker(NativeSession session) {
    this.session = session;
  }

  @Override
  public DecodedImage decode(byte[] encoded, int length, ImageHeader header, Box window)
      throws ImageException {
    Box whole = Box.whole(header.width(), header.height());
    if (!whole.contains(window)) {
      throw new IllegalArgumentException("window " + window + " is not within " + whole);
    }
    Op op = op(header, window.equals(whole));
    Box decoded = op == Op.JPEG_WINDOW ? Jpeg.widened(header, window) : whole;
    NativeTensor pixels = run(op, encoded, length, decoded);
    try {
      return image(op, pixels, decoded, window);
    } catch (ImageException | RuntimeException | Error e) {
      pixels.close();
      throw e;
    }
  }

  private static Op op(ImageHeader header, boolean whole) {
    return switch (header.format()) {
      case Jpeg.FORMAT -> whole ? Op.JPEG : Op.JPEG_WINDOW;
      case Png.FORMAT -> header.bits() > 8 ? Op.PNG_16 : Op.PNG;
      default -> throw new IllegalArgumentException("no decode op for " + header.format());
    };
  }

  private NativeTensor run(Op op, byte[] encoded, int length, Box window) throws ImageException {
    try (NativeTensor file = buffer.tensor(encoded, length)) {
      NativeSession.Runner runner = runner(op);
      if (op != Op.JPEG_WINDOW) {
        return runner.run(file).get(0);
      }
      int[] sides = {window.y(), window.x(), window.height(), window.width()};
      try (var crop = NativeTensor.ints(new long[] {sides.length}, sides)) {
        return runner.run(file, crop).get(0);
      }
    } catch (TensorFlowException e) {
      throw failure(op, encoded, length, e);
    } finally {
      buffer.trim();
    }
  }

  private NativeSession.Runner runner(Op op) throws TensorFlowException {
    NativeSession.Runner runner = runners.get(op);
    if (runner == null) {
      runner = session.runner(op.feeds(), List.of(op.name()), List.of());
      runners.put(op, runner);
    }
    return runner;
  }

  /** TensorFlow does not say whether a file is cut short or damaged: look for its end. */
  private static ImageException failure(
      Op op, byte[] encoded, int length, TensorFlowException error) {
    if (error.code() != TensorFlowException.Code.INVALID_ARGUMENT) {
      throw new IllegalStateException("decoding failed for no fault of the image", error);
    }
    boolean complete =
        switch (op) {
          case JPEG, JPEG_WINDOW -> Jpeg.isComplete(encoded, length);
          case PNG, PNG_16 -> Png.isComplete(encoded, length);
        };
    String detail = error.getMessage() + " (" + length + " bytes)";
    return complete
        ? new ImageException(Reason.CORRUPT, detail)
        : new ImageException(Reason.TRUNCATED, "the file has no end: " + detail);
  }

  /** What was decoded, cut to what was asked for. */
  private static DecodedImage image(Op op, NativeTensor tensor, Box decoded, Box window)
      throws ImageException {
    long[] expected = {decoded.height(), decoded.width(), 3};
    if (!Arrays.equals(tensor.shape(), expected)) {
      throw new ImageException(
          Reason.CORRUPT,
          "decoded to "
              + Arrays.toString(tensor.shape())
              + ", expected "
              + Arrays.toString(expected)
              + " as the header says");
    }
    ByteBuffer pixels = tensor.data();
    if (op == Op.PNG_16) {
      pixels = Samples.reduce(pixels);
    }
    if (!decoded.equals(window)) {
      int x = window.x() - decoded.x();
      int y = window.y() - decoded.y();
      var inside = new Box(x, y, window.width(), window.height());
      pixels = Samples.crop(pixels, decoded.width(), inside);
    }
    return new TensorImage(tensor, window, pixels);
  }

  @Override
  public void close() {
    runners.values().forEach(NativeSession.Runner::close);
    runners.clear();
    buffer.close();
  }
}
