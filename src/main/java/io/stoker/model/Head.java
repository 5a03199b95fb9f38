package io.stoker.model;

import java.io.Serializable;

/**
 * What is put before a model, on the device: cast, resize, channels, normalise, layout. It takes
 * {@code [batch, slotHeight, slotWidth, slotChannels]} of {@link #slotType} and gives the model's
 * input.
 *
 * @param slotHeight rows of a slot
 * @param slotWidth columns of a slot
 * @param slotChannels 3 for pixels; with a preprocess class whatever it declares
 * @param slotType {@link DataType#UINT8} or {@link DataType#FLOAT32}
 * @param modelHeight rows of the model's input; differs from the slot's where the head resizes
 *     (bilinear, half-pixel centres)
 * @param modelWidth columns of the model's input
 * @param channels channels of the model's input; ignored when {@link #raw}
 * @param normalization applied last; ignored when {@link #raw}
 * @param channelsFirst whether the model takes {@code [batch, channels, height, width]}
 * @param raw whether slots hold the model's input as it is (a preprocess class made them): only
 *     cast and layout are left to do
 */
public record Head(
    int slotHeight,
    int slotWidth,
    int slotChannels,
    DataType slotType,
    int modelHeight,
    int modelWidth,
    ChannelOrder channels,
    Normalization normalization,
    boolean channelsFirst,
    boolean raw)
    implements Serializable {
  /** The same for slots of another type. */
  public Head withSlotType(DataType type) {
    return new Head(
        slotHeight,
        slotWidth,
        slotChannels,
        type,
        modelHeight,
        modelWidth,
        channels,
        normalization,
        channelsFirst,
        raw);
  }

  /** Bytes of one slot. */
  public long slotBytes() {
    return (long) slotHeight * slotWidth * slotChannels * slotType.bytes();
  }
}
