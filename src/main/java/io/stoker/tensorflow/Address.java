package io.stoker.tensorflow;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** A bare native address. JavaCPP's own pointers can move their position, but not their address. */
final class Address extends Pointer {
  private Address(long address) {
    this.address = address;
  }

  /** A pointer that owns nothing and knows no size. */
  static Pointer of(long address) {
    return new Address(address);
  }

  /** A pointer to so many bytes that owns nothing. */
  static BytePointer bytes(long address, long bytes) {
    return new BytePointer(new Address(address)).capacity(bytes);
  }
}
