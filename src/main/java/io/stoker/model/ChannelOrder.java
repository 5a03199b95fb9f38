package io.stoker.model;

/** The channels that a model takes. */
public enum ChannelOrder {
  RGB,
  BGR,
  /**
   * One channel: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601, as Pillow's L and with it Keras's
   * {@code grayscale}, but neither rounded; TensorFlow's rgb_to_grayscale has 0.2989 R).
   */
  GRAY
}
