package io.stoker.image;

import io.stoker.region.Failure.Reason;
import java.util.List;
import java.util.Optional;

/**
 * The decoders at hand, asked in order; a file's name plays no part.
 *
 * @param all lent; whoever made them closes them
 */
public record Decoders(List<ImageDecoder> all) {
  /** Bytes of a file's beginning that suffice to know its format. */
  public static final int PREFIX_BYTES = 1024;

  /** Copies the list. */
  public Decoders {
    all = List.copyOf(all);
  }

  /**
   * The decoder of a file.
   *
   * @param prefix the file's first bytes, in the array's first {@code length}: {@link
   *     #PREFIX_BYTES} or the whole file
   */
  public Optional<ImageDecoder> find(byte[] prefix, int length) {
    return all.stream().filter(decoder -> decoder.accepts(prefix, length)).findFirst();
  }

  /**
   * Why no decoder was found: says what the bytes look like. {@code unsupported} for image formats
   * that have a name, {@code truncated} for empty files, otherwise {@code unknown_format}.
   */
  public static ImageException refusal(byte[] prefix, int length) {
    if (length == 0) {
      return new ImageException(Reason.TRUNCATED, "the file is empty");
    }
    return FileSignature.of(prefix, length)
        .map(FileSignature::refusal)
        .orElseGet(() -> FileSignature.unknown(prefix, length));
  }
}
