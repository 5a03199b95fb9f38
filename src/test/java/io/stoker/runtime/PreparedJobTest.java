package io.stoker.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.model.ChannelOrder;
import io.stoker.model.DataType;
import io.stoker.model.Head;
import io.stoker.model.ModelOptimization;
import io.stoker.model.Normalization;
import io.stoker.model.SplicedModel;
import io.stoker.region.SlotSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PreparedJobTest {
  private static int batch(PredictSpec.Builder spec, int fixed, boolean gpus) {
    var head =
        new Head(2, 2, 3, DataType.UINT8, 2, 2, ChannelOrder.RGB, Normalization.NONE, false, false);
    return new PreparedJob(
            spec.build(),
            "fingerprint",
            "sha",
            ModelOptimization.none(1),
            new SplicedModel(new byte[0], "x", head, fixed, List.of()),
            new SlotSpec(2, 2, 3, SlotSpec.Type.UINT8),
            PreparedJob.Filling.COPY,
            List.of())
        .batch(gpus);
  }

  @Test
  void splitsArePlannedForTheBatchThatExecutorsWillTake() {
    assertThat(batch(PredictSpec.model("m"), 0, false)).isEqualTo(32);
    assertThat(batch(PredictSpec.model("m"), 0, true)).isEqualTo(256);
    assertThat(batch(PredictSpec.model("m").device(PredictSpec.Device.GPU), 0, false))
        .isEqualTo(256);
    assertThat(batch(PredictSpec.model("m").batch(7), 0, true)).isEqualTo(7);
    assertThat(batch(PredictSpec.model("m"), 1, true)).isEqualTo(1);
  }
}
