package io.stoker.tensorflow;

import io.stoker.image.ImageDecoder;
import io.stoker.image.ImageException;
import io.stoker.image.ImageHeader;
import io.stoker.region.Box;
import java.util.Optional;

/**
 * Decodes JPEG and PNG with TensorFlow's own ops, in the calling threads, into TensorFlow's memory.
 *
 * <p>JPEG: baseline, extended and progressive, Huffman-coded, 8 bits, gray or three components;
 * {@code INTEGER_ACCURATE} transform and fancy upsampling, so that a window's pixels are those of
 * the whole image. PNG: all of it; 16-bit samples are rounded to 8. Everything else that these
 * formats allow (CMYK, arithmetic coding, lossless, 12 bits) is refused as unsupported.
 *
 * <p>libjpeg, in TensorFlow, writes a line to the standard error stream for a damaged JPEG; nothing
 * can stop it.
 *
 * <p>Thread-safe; its workers are not.
 */
public final class TensorFlowDecoder implements ImageDecoder {
  private final NativeGraph graph;
  private final NativeSession session;

  private TensorFlowDecoder(NativeGraph graph, NativeSession session) {
    this.graph = graph;
    this.session = session;
  }

  /**
   * Opens the session that all workers share. Open the predictor first, where there is one: the
   * process's first session decides how many intra-op threads there are, and this one needs none.
   *
   * @throws IllegalStateException if TensorFlow's native library is not there
   */
  public static TensorFlowDecoder open() {
    try {
      NativeGraph graph = NativeGraph.of(DecodeGraph.bytes());
      try {
        return new TensorFlowDecoder(graph, NativeSession.open(graph, SessionConfig.decoding()));
      } catch (TensorFlowException | RuntimeException | Error e) {
        graph.close();
        throw e;
      }
    } catch (TensorFlowException e) {
      throw new IllegalStateException("TensorFlow's decode ops cannot be used", e);
    }
  }

  @Override
  public boolean accepts(byte[] prefix, int length) {
    return Jpeg.accepts(prefix, length) || Png.accepts(prefix, length);
  }

  @Override
  public Optional<ImageHeader> header(byte[] prefix, int length) throws ImageException {
    if (Jpeg.accepts(prefix, length)) {
      return Jpeg.header(prefix, length);
    }
    if (Png.accepts(prefix, length)) {
      return Png.header(prefix, length);
    }
    throw new IllegalArgumentException("neither JPEG nor PNG: not accepted");
  }

  @Override
  public long decodeBytes(ImageHeader header, Box window) {
    return header.format().equals(Jpeg.FORMAT)
        ? Jpeg.decodeBytes(header, window)
        : Png.decodeBytes(header);
  }

  @Override
  public Worker worker() {
    return new DecodeWorker(session);
  }

  /** Frees the session. Images that are still open stay valid. */
  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
