package io.stoker.cli;

import io.stoker.model.ChannelOrder;
import io.stoker.model.Normalization;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.Size;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** From pixels to the model's input. */
final class InputFlags {
  @Option(
      names = "--input-size",
      paramLabel = "HEIGHTxWIDTH",
      converter = Converter.InputSize.class,
      description =
          "The model's input size where the model leaves it open, such as 224 or 224x320."
              + " Default: the model's, or the regions' own.")
  @Nullable Size size;

  @Option(
      names = "--normalize",
      paramLabel = "HOW",
      converter = Converter.Normalize.class,
      description =
          "none, unit (0 to 1), minus-one-one, caffe, torch (Keras's tf is minus-one-one), or"
              + " MEAN/STD such as 127.5/127.5, or three values each: (value - MEAN) / STD."
              + " Default: none (0 to 255).")
  Normalization normalization = Normalization.NONE;

  @Option(
      names = "--channels",
      paramLabel = "rgb|bgr|gray",
      converter = Converter.ChannelOrder.class,
      description = "The channels that the model takes. Default: rgb; caffe implies bgr.")
  @Nullable ChannelOrder channels;

  @Option(
      names = "--box-outside",
      paramLabel = "fail|clamp|pad",
      converter = Converter.BoxOutside.class,
      description =
          "What a box outside its image does: its row fails, it is cut, or the rest is"
              + " black. Default: fail.")
  PredictSpec.BoxOutside boxOutside = PredictSpec.BoxOutside.FAIL;

  @Option(
      names = "--preprocess",
      paramLabel = "CLASS",
      description = "Your RegionTransform or RegionLoader, which makes the model's input itself.")
  @Nullable String preprocess;

  @Option(
      names = "--allow-uri",
      paramLabel = "PREFIX",
      description = "Read only images whose URI begins so; repeatable. Default: all.")
  List<String> allowedUris = new ArrayList<>();

  /** Adds what is wrong with these flags together. */
  void check(Given given, List<String> problems) {
    if (normalization.equals(Normalization.CAFFE) && given.has("--channels")) {
      problems.add(
          "--normalize caffe implies bgr and excludes --channels; leave --channels out, or give"
              + " the means yourself, such as --normalize 123.68,116.779,103.939/1 for rgb");
    }
    if (given.has("--preprocess")) {
      for (String flag : List.of("--input-size", "--normalize", "--channels")) {
        if (given.has(flag)) {
          problems.add(
              flag
                  + " has no effect with --preprocess, whose class makes the model's input;"
                  + " leave one of them out");
        }
      }
    }
  }

  void apply(PredictSpec.Builder spec) {
    spec.inputSize(size)
        .normalize(normalization)
        .channels(channels)
        .boxOutside(boxOutside)
        .preprocess(preprocess)
        .allowedUris(allowedUris);
  }
}
