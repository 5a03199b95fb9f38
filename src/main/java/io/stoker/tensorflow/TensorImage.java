package io.stoker.tensorflow;

import io.stoker.image.DecodedImage;
import io.stoker.region.Box;
import java.nio.ByteBuffer;

/** Pixels in the memory of the tensor that a decode op made, deleted when this is closed. */
final class TensorImage implements DecodedImage {
  private final NativeTensor tensor;
  private final Box window;
  private final ByteBuffer pixels;

  TensorImage(NativeTensor tensor, Box window, ByteBuffer pixels) {
    this.tensor = tensor;
    this.window = window;
    this.pixels = pixels;
  }

  @Override
  public Box window() {
    return window;
  }

  @Override
  public ByteBuffer pixels() {
    return pixels;
  }

  @Override
  public void close() {
    tensor.close();
  }
}
