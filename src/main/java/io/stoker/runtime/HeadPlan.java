package io.stoker.runtime;

import io.stoker.model.ChannelOrder;
import io.stoker.model.DataType;
import io.stoker.model.Head;
import io.stoker.model.InputLayout;
import io.stoker.model.Normalization;
import io.stoker.region.RegionLoader;
import io.stoker.region.RegionTransform;
import io.stoker.region.SlotSpec;
import io.stoker.runtime.PredictSpec.BoxOutside;
import io.stoker.runtime.PreparedJob.Filling;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a region becomes the model's input: who resizes, and what a slot looks like. Chosen once a
 * job: a batch has one shape.
 *
 * @param slot a region's place in a batch
 * @param filling who makes it
 * @param head what the device does to it
 */
record HeadPlan(SlotSpec slot, Filling filling, Head head) {
  private static final int PIXEL_CHANNELS = 3;

  /**
   * Boxes of one size go to the device as they are, unless that is so much more than the resized
   * pixels that transfer and memory would cost more than resizing on the CPU.
   */
  private static final int MAX_SLOT_RATIO = 8;

  /**
   * Decides.
   *
   * @throws RefusedException if model, manifest and flags do not fit together
   */
  static HeadPlan of(PredictSpec spec, RegionShapes shapes, InputLayout layout)
      throws RefusedException {
    return spec.preprocess() == null
        ? ofPixels(spec, shapes, layout)
        : ofPreprocess(spec, spec.preprocess(), layout);
  }

  /** Whether the model's input size is settled without a look at the regions. */
  static boolean knowsSize(PredictSpec spec, InputLayout layout) {
    return spec.preprocess() != null
        || spec.input().size() != null
        || (layout.height() > 0 && layout.width() > 0);
  }

  /** A head that fits the model, whatever was asked for; null if its images' size is not known. */
  static @Nullable Head standIn(InputLayout layout) {
    int height = layout.height();
    int width = layout.width();
    if (height <= 0 || width <= 0) {
      return null;
    }
    int channels = layout.channels() > 0 ? layout.channels() : PIXEL_CHANNELS;
    return new Head(
        height,
        width,
        channels,
        DataType.FLOAT32,
        height,
        width,
        ChannelOrder.RGB,
        Normalization.NONE,
        layout.channelsFirst(),
        true);
  }

  private static HeadPlan ofPixels(PredictSpec spec, RegionShapes shapes, InputLayout layout)
      throws RefusedException {
    var problems = new ArrayList<String>();
    ChannelOrder channels = channels(spec, layout, problems);
    Size model = modelSize(spec, shapes, layout, problems);
    if (model == null || !problems.isEmpty()) {
      throw new RefusedException(problems);
    }
    SlotSpec resized =
        new SlotSpec(model.height(), model.width(), PIXEL_CHANNELS, SlotSpec.Type.FLOAT32);
    Size box = shapes.uniform();
    SlotSpec slot = resized;
    // A clamped box is smaller than the others.
    if (box != null && spec.input().boxOutside() != BoxOutside.CLAMP && fits(box, resized)) {
      slot = new SlotSpec(box.height(), box.width(), PIXEL_CHANNELS, SlotSpec.Type.UINT8);
    }
    boolean copied = slot.type() == SlotSpec.Type.UINT8;
    Head head =
        new Head(
            slot.height(),
            slot.width(),
            slot.channels(),
            copied ? DataType.UINT8 : DataType.FLOAT32,
            model.height(),
            model.width(),
            channels,
            spec.input().normalization(),
            layout.channelsFirst(),
            false);
    return new HeadPlan(slot, copied ? Filling.COPY : Filling.RESIZE, head);
  }

  private static boolean fits(Size box, SlotSpec resized) {
    return (long) box.height() * box.width() * PIXEL_CHANNELS
        <= (long) MAX_SLOT_RATIO * resized.bytes();
  }

  /**
   * The channels to make.
   *
   * @param problems gets what does not fit the model
   */
  static ChannelOrder channels(PredictSpec spec, InputLayout layout, List<String> problems) {
    ChannelOrder asked = spec.channelOrder();
    boolean chosen = spec.input().channels() != null;
    switch (layout.channels()) {
      case -1 -> {}
      case 1 -> {
        if (chosen && asked != ChannelOrder.GRAY) {
          problems.add(
              "--channels "
                  + asked.name().toLowerCase(java.util.Locale.ROOT)
                  + ", but the model takes one channel; leave it out, or say gray");
        }
        asked = ChannelOrder.GRAY;
      }
      case PIXEL_CHANNELS -> {
        if (asked == ChannelOrder.GRAY) {
          problems.add("--channels gray, but the model takes 3 channels; say rgb or bgr");
        }
      }
      default ->
          problems.add(
              "the model takes "
                  + layout.channels()
                  + " channels, but an image has 3 (or 1 with --channels gray); make its input with"
                  + " --preprocess CLASS");
    }
    if (asked == ChannelOrder.GRAY && perChannel(spec)) {
      problems.add(
          "--normalize "
              + spec.input().normalization().name()
              + " has a value for each of 3 channels, but the model takes one; say none, unit,"
              + " minus-one-one or MEAN/STD with one value each");
    }
    return asked;
  }

  private static boolean perChannel(PredictSpec spec) {
    return !allEqual(spec.input().normalization().mean())
        || !allEqual(spec.input().normalization().std());
  }

  private static boolean allEqual(float[] values) {
    return values[0] == values[1] && values[1] == values[2];
  }

  private static @Nullable Size modelSize(
      PredictSpec spec, RegionShapes shapes, InputLayout layout, List<String> problems) {
    Size asked = spec.input().size();
    Size open = asked == null ? shapes.uniform() : asked;
    if (layout.height() > 0 && layout.width() > 0) {
      var size = new Size(layout.height(), layout.width());
      if (asked != null && !asked.equals(size)) {
        problems.add(
            "--input-size "
                + asked
                + ", but the model takes "
                + size
                + "; leave --input-size out: regions are resized to what the model takes");
      }
      return size;
    }
    if (open == null) {
      problems.add(
          "the model takes images of any size, and the manifest's regions differ in size; say with"
              + " --input-size HEIGHTxWIDTH what to resize them to");
      return null;
    }
    int height = layout.height() > 0 ? layout.height() : open.height();
    int width = layout.width() > 0 ? layout.width() : open.width();
    if (asked != null && (height != asked.height() || width != asked.width())) {
      problems.add(
          "--input-size "
              + asked
              + ", but the model takes "
              + (layout.height() > 0 ? layout.height() : "any")
              + "x"
              + (layout.width() > 0 ? layout.width() : "any"));
    }
    return new Size(height, width);
  }

  private static HeadPlan ofPreprocess(PredictSpec spec, String className, InputLayout layout)
      throws RefusedException {
    SlotSpec slot;
    boolean loads;
    try (AutoCloseable instance = Preprocessing.newInstance(className)) {
      loads = instance instanceof RegionLoader;
      slot =
          instance instanceof RegionTransform transform
              ? transform.slot()
              : ((RegionLoader) instance).slot();
    } catch (IllegalArgumentException e) {
      throw new RefusedException(List.of(String.valueOf(e.getMessage())));
    } catch (Exception e) {
      throw new RefusedException(List.of("--preprocess: " + className + " failed: " + e));
    }
    if (differs(layout.height(), slot.height())
        || differs(layout.width(), slot.width())
        || differs(layout.channels(), slot.channels())) {
      throw new RefusedException(
          List.of(
              "--preprocess: the slot of "
                  + className
                  + " is "
                  + slot.height()
                  + "x"
                  + slot.width()
                  + "x"
                  + slot.channels()
                  + ", but the model takes "
                  + layout.height()
                  + "x"
                  + layout.width()
                  + "x"
                  + layout.channels()
                  + " (height, width, channels; -1 is any)"));
    }
    Head head =
        new Head(
            slot.height(),
            slot.width(),
            slot.channels(),
            slot.type() == SlotSpec.Type.UINT8 ? DataType.UINT8 : DataType.FLOAT32,
            slot.height(),
            slot.width(),
            spec.channelOrder(),
            spec.input().normalization(),
            layout.channelsFirst(),
            true);
    return new HeadPlan(slot, loads ? Filling.LOAD : Filling.TRANSFORM, head);
  }

  private static boolean differs(int wanted, int given) {
    return wanted > 0 && wanted != given;
  }
}
