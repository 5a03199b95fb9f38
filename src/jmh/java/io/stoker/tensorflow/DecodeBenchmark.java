package io.stoker.tensorflow;

import io.stoker.example.Scene;
import io.stoker.image.DecodedImage;
import io.stoker.image.ImageDecoder;
import io.stoker.image.ImageException;
import io.stoker.image.ImageHeader;
import io.stoker.region.Box;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A window of 224 x 224 pixels decoded by one thread, which is most of what a CPU does. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DecodeBenchmark {
  private static final long SEED = 9;
  private static final int WINDOW = 224;

  /** Columns and rows of the image; the window is in its middle. */
  @Param({"224", "450", "2000"})
  public int side;

  /** An image format. */
  @Param({"jpeg", "png"})
  public String format = "";

  private ImageDecoder decoder;
  private ImageDecoder.Worker worker;
  private byte[] encoded;
  private ImageHeader header;
  private Box window;

  /** Draws and encodes the image. */
  @Setup
  public void open() throws IOException, ImageException {
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(Scene.draw(SEED, side, side).image(), format, bytes);
    encoded = bytes.toByteArray();
    decoder = TensorFlowDecoder.open();
    worker = decoder.worker();
    header = decoder.header(encoded, encoded.length).orElseThrow();
    window = new Box((side - WINDOW) / 2, (side - WINDOW) / 2, WINDOW, WINDOW);
  }

  /** Frees the native memory. */
  @TearDown
  public void close() {
    worker.close();
    decoder.close();
  }

  /** From encoded bytes to pixels. */
  @Benchmark
  public byte decode() throws ImageException {
    try (DecodedImage image = worker.decode(encoded, encoded.length, header, window)) {
      return image.pixels().get(0);
    }
  }
}
