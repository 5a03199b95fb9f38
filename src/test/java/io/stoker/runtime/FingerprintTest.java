package io.stoker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.model.ChannelOrder;
import io.stoker.model.DataType;
import io.stoker.model.Head;
import io.stoker.model.Normalization;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class FingerprintTest {
  /** Computed once. It changes with a Decision in the README only: runs of old would not match. */
  private static final String GOLDEN =
      "fd521b5e96503483dd01794459a11f253dd16fbc8b1bd70ed24e80cc0b131bae";

  private static final Head HEAD =
      new Head(8, 8, 3, DataType.UINT8, 4, 4, ChannelOrder.RGB, Normalization.NONE, false, false);

  private static String of(UnaryOperator<PredictSpec.Builder> change) {
    PredictSpec spec = change.apply(PredictSpec.model("model.pb")).build();
    return Fingerprint.of(spec, "abc", HEAD, null);
  }

  private static String of(Head head) {
    return Fingerprint.of(PredictSpec.model("model.pb").build(), "abc", head, null);
  }

  @Test
  void itIsTheSameInEveryProcess() {
    UnaryOperator<PredictSpec.Builder> feeds =
        spec -> spec.feed("b", "2").feed("a", "1").feed("keep_prob", "1").feed("phase", "false");
    assertThat(of(feeds)).isEqualTo(GOLDEN);
    assertThat(
            of(
                spec ->
                    spec.feed("phase", "false")
                        .feed("keep_prob", "1")
                        .feed("a", "1")
                        .feed("b", "2")))
        .as("in another order")
        .isEqualTo(GOLDEN);
  }

  @Test
  void everythingThatChangesNumbersChangesIt() {
    Map<String, String> prints = new LinkedHashMap<>();
    prints.put("as it is", of(HEAD));
    prints.put("model", Fingerprint.of(PredictSpec.model("m").build(), "abd", HEAD, null));
    prints.put(
        "preprocess's jar", Fingerprint.of(PredictSpec.model("m").build(), "abc", HEAD, "x"));
    prints.put("signature", of(spec -> spec.signature("other")));
    prints.put("input", of(spec -> spec.input("other")));
    prints.put("fetch", of(spec -> spec.fetch("embedding")));
    prints.put("feed", of(spec -> spec.feed("phase", "true")));
    prints.put("box outside", of(spec -> spec.boxOutside(PredictSpec.BoxOutside.PAD)));
    prints.put("softmax", of(spec -> spec.softmax(true)));
    prints.put("argmax", of(PredictSpec.Builder::argmax));
    prints.put("top-k", of(spec -> spec.topK(3)));
    prints.put("labels", of(spec -> spec.labels(List.of("a", "b"))));
    prints.put("preprocess", of(spec -> spec.preprocess("com.example.Mine")));
    prints.put("deterministic", of(spec -> spec.deterministic(true)));
    prints.put("float32", of(spec -> spec.precision(PredictSpec.Precision.FLOAT32)));
    prints.put("float16", of(spec -> spec.precision(PredictSpec.Precision.FLOAT16)));
    prints.put("bfloat16", of(spec -> spec.precision(PredictSpec.Precision.BFLOAT16)));
    prints.put("XLA", of(spec -> spec.xla(true)));
    prints.put("slot height", of(head(9, 8, DataType.UINT8, 4, ChannelOrder.RGB, false)));
    prints.put("slot width", of(head(8, 9, DataType.UINT8, 4, ChannelOrder.RGB, false)));
    prints.put("slot type", of(head(8, 8, DataType.FLOAT32, 4, ChannelOrder.RGB, false)));
    prints.put("size", of(head(8, 8, DataType.UINT8, 5, ChannelOrder.RGB, false)));
    prints.put("channels", of(head(8, 8, DataType.UINT8, 4, ChannelOrder.BGR, false)));
    prints.put("layout", of(head(8, 8, DataType.UINT8, 4, ChannelOrder.RGB, true)));
    prints.put("normalization", of(normalized(Normalization.UNIT)));
    prints.put("mean and std", of(normalized(Normalization.TORCH)));
    assertThat(prints.values()).doesNotHaveDuplicates().hasSize(26);
  }

  @Test
  void whatOnlyChangesSpeedDoesNot() {
    assertThat(
            of(
                spec ->
                    spec.batch(7)
                        .decodeThreads(3)
                        .fetchAhead(5)
                        .inFlight(2)
                        .memoryBytes(1 << 30)
                        .device(PredictSpec.Device.CPU)
                        .maxFailures(new PredictSpec.Failures(1, false))
                        .allowedUris(List.of("/data"))))
        .isEqualTo(of(HEAD));
  }

  private static Head head(
      int height, int width, DataType type, int side, ChannelOrder channels, boolean first) {
    return new Head(height, width, 3, type, side, 4, channels, Normalization.NONE, first, false);
  }

  private static Head normalized(Normalization normalization) {
    return new Head(8, 8, 3, DataType.UINT8, 4, 4, ChannelOrder.RGB, normalization, false, false);
  }
}
