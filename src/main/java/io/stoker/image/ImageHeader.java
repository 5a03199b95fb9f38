package io.stoker.image;

/**
 * What an image's first bytes say.
 *
 * @param format the format's name: {@code jpeg}, {@code png}
 * @param width columns, at least 1
 * @param height rows, at least 1
 * @param channels components as stored
 * @param sequential whether rows can be decoded from the top down to a window's last one; false for
 *     progressive and interlaced files, which are always decoded as a whole
 * @param windowed whether the decoder can decode a window without holding the whole image
 * @param bits bits of one sample as stored; above 8 the codec needs more memory
 */
public record ImageHeader(
    String format,
    int width,
    int height,
    int channels,
    boolean sequential,
    boolean windowed,
    int bits) {
  /** An image of 8 bits a sample. */
  public ImageHeader(
      String format, int width, int height, int channels, boolean sequential, boolean windowed) {
    this(format, width, height, channels, sequential, windowed, 8);
  }

  /** Pixels of the whole image. */
  public long pixels() {
    return (long) width * height;
  }
}
