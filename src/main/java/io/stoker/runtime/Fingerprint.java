package io.stoker.runtime;

import io.stoker.model.Head;
import io.stoker.model.Normalization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The SHA-256 of what changes numbers: equal fingerprints give equal predictions. */
final class Fingerprint {
  /**
   * Raised by hand when our numbers change (resizing, decoding, normalising): the goldens of the
   * tests guard it.
   */
  static final int NUMERICS = 2;

  private Fingerprint() {}

  /**
   * @param modelSha256 of the model's bytes
   * @param head of the spliced model
   * @param preprocessSha256 of the preprocess class's jar or class file, or null
   */
  static String of(
      PredictSpec spec, String modelSha256, Head head, @Nullable String preprocessSha256) {
    Normalization normalization = head.normalization();
    // A line a fact, names included: fields cannot run into each other.
    String facts =
        String.join(
            "\n",
            "numerics=" + NUMERICS,
            "model=" + modelSha256,
            "request=" + spec.request(),
            "slot=" + head.slotHeight() + "x" + head.slotWidth() + "x" + head.slotChannels(),
            "slotType=" + head.slotType(),
            "size=" + head.modelHeight() + "x" + head.modelWidth(),
            "channels=" + head.channels(),
            "channelsFirst=" + head.channelsFirst(),
            "raw=" + head.raw(),
            "divisor=" + normalization.divisor(),
            "mean=" + Arrays.toString(normalization.mean()),
            "std=" + Arrays.toString(normalization.std()),
            "boxOutside=" + spec.input().boxOutside(),
            "tail=" + spec.tail(),
            "labels=" + spec.labels(),
            "preprocess=" + spec.preprocess() + " " + preprocessSha256,
            "deterministic=" + spec.resources().deterministic());
    // Nothing of the default, so that runs from before there was a choice match those after.
    if (spec.resources().precision() != PredictSpec.Precision.TF32) {
      facts += "\nprecision=" + spec.resources().precision();
    }
    if (spec.resources().xla()) {
      facts += "\nxla=true";
    }
    if (spec.resources().device() == PredictSpec.Device.SIMULATED) {
      facts += "\nsimulated";
    }
    return sha256(facts.getBytes(StandardCharsets.UTF_8));
  }

  /** Hex digest. */
  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
