package io.stoker.tensorflow;

/**
 * Reads big-endian numbers from a file's first bytes. Reading past them throws {@link
 * NeedsMoreException}: a longer prefix may help. Not thread-safe.
 */
final class PrefixReader {
  private final byte[] bytes;
  private final int length;
  private int position;

  PrefixReader(byte[] bytes, int length, int position) {
    this.bytes = bytes;
    this.length = Math.min(length, bytes.length);
    this.position = position;
  }

  int position() {
    return position;
  }

  int uint8() throws NeedsMoreException {
    if (position >= length) {
      throw new NeedsMoreException();
    }
    return bytes[position++] & 0xff;
  }

  int uint16() throws NeedsMoreException {
    return uint8() << 8 | uint8();
  }

  /** Four bytes as a signed number. */
  int int32() throws NeedsMoreException {
    return uint16() << 16 | uint16();
  }

  /** Passes over so many bytes, which need not be there yet. */
  void skip(int count) throws NeedsMoreException {
    if (count > length - position) {
      throw new NeedsMoreException();
    }
    position += count;
  }

  /** The prefix ends before the header does. */
  static final class NeedsMoreException extends Exception {
    private static final long serialVersionUID = 1;

    NeedsMoreException() {
      super("the header goes on behind the prefix", null, false, false);
    }
  }
}
