package io.stoker.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.model.ChannelOrder;
import io.stoker.model.DataType;
import io.stoker.model.InputLayout;
import io.stoker.model.Normalization;
import io.stoker.region.Pixels;
import io.stoker.region.Region;
import io.stoker.region.RegionLoader;
import io.stoker.region.RegionTransform;
import io.stoker.region.SlotSpec;
import io.stoker.runtime.PredictSpec.BoxOutside;
import io.stoker.runtime.PreparedJob.Filling;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class HeadPlanTest {
  private static final InputLayout MODEL = new InputLayout(false, 224, 224, 3, 0);
  private static final InputLayout ANY_SIZE = new InputLayout(false, -1, -1, 3, 0);

  private final PredictSpec.Builder spec = PredictSpec.model("model.pb");

  @Test
  void boxesOfOneSizeAreCopiedAndResizedOnTheDevice() throws Exception {
    HeadPlan plan = plan(new Size(450, 300), MODEL);
    assertThat(plan.filling()).isEqualTo(Filling.COPY);
    assertThat(plan.slot()).isEqualTo(new SlotSpec(450, 300, 3, SlotSpec.Type.UINT8));
    assertThat(plan.head().slotType()).isEqualTo(DataType.UINT8);
    assertThat(plan.head().modelHeight()).isEqualTo(224);
  }

  @Test
  void boxesOfSeveralSizesAreResizedByTheDecodeWorkers() throws Exception {
    HeadPlan plan = plan(null, MODEL);
    assertThat(plan.filling()).isEqualTo(Filling.RESIZE);
    assertThat(plan.slot()).isEqualTo(new SlotSpec(224, 224, 3, SlotSpec.Type.FLOAT32));
  }

  @Test
  void clampedBoxesMayDifferInSizeThoughTheManifestHasOne() throws Exception {
    spec.boxOutside(BoxOutside.CLAMP);
    assertThat(plan(new Size(224, 224), MODEL).filling()).isEqualTo(Filling.RESIZE);
  }

  @Test
  void hugeBoxesAreResizedBeforeTheyTravel() throws Exception {
    assertThat(plan(new Size(4000, 4000), MODEL).filling()).isEqualTo(Filling.RESIZE);
  }

  @Test
  void aModelOfAnySizeTakesTheFlagThenTheBoxes() throws Exception {
    assertThat(plan(new Size(96, 96), ANY_SIZE).head().modelHeight()).isEqualTo(96);
    spec.inputSize(new Size(64, 48));
    assertThat(plan(new Size(96, 96), ANY_SIZE).head().modelWidth()).isEqualTo(48);
    assertThat(plan(null, ANY_SIZE).slot().height()).isEqualTo(64);
  }

  @Test
  void aModelOfAnySizeAndBoxesOfSeveralNeedTheFlag() {
    assertThatThrownBy(() -> plan(null, ANY_SIZE))
        .hasMessageContaining("say with --input-size HEIGHTxWIDTH");
  }

  @Test
  void anotherSizeThanTheModelsIsRefused() {
    spec.inputSize(new Size(299, 299));
    assertThatThrownBy(() -> plan(null, MODEL))
        .hasMessage(
            "--input-size 299x299, but the model takes 224x224; leave --input-size out: regions"
                + " are resized to what the model takes");
  }

  @Test
  void oneChannelMeansGray() throws Exception {
    HeadPlan plan = plan(null, new InputLayout(false, 28, 28, 1, 0));
    assertThat(plan.head().channels()).isEqualTo(ChannelOrder.GRAY);
    assertThat(plan.slot().channels()).isEqualTo(3);
  }

  @Test
  void channelProblemsAreToldTogether() {
    spec.channels(ChannelOrder.BGR).normalize(Normalization.TORCH);
    assertThatThrownBy(() -> plan(null, new InputLayout(false, -1, -1, 1, 0)))
        .hasMessageContaining("--channels bgr, but the model takes one channel")
        .hasMessageContaining("--normalize torch has a value for each of 3 channels")
        .hasMessageContaining("--input-size");
    assertThatThrownBy(() -> plan(null, new InputLayout(false, 8, 8, 4, 0)))
        .hasMessageContaining("4 channels");
  }

  @Test
  void caffeMeansBgr() throws Exception {
    spec.normalize(Normalization.CAFFE);
    assertThat(plan(null, MODEL).head().channels()).isEqualTo(ChannelOrder.BGR);
  }

  @Test
  void aPreprocessClassDeclaresTheSlot() throws Exception {
    spec.preprocess(Halves.class.getName());
    HeadPlan plan = plan(null, new InputLayout(false, 8, 8, 5, 0));
    assertThat(plan.filling()).isEqualTo(Filling.TRANSFORM);
    assertThat(plan.head().raw()).isTrue();
    assertThat(plan.slot().channels()).isEqualTo(5);
    spec.preprocess(Keys.class.getName());
    assertThat(plan(null, new InputLayout(true, -1, -1, -1, 0)).filling()).isEqualTo(Filling.LOAD);
  }

  @Test
  void aPreprocessClassThatDoesNotFitIsRefused() {
    spec.preprocess(Halves.class.getName());
    assertThatThrownBy(() -> plan(null, MODEL))
        .hasMessageContaining("is 8x8x5, but the model takes 224x224x3");
    spec.preprocess("no.such.Transform");
    assertThatThrownBy(() -> plan(null, MODEL))
        .hasMessageContaining("class no.such.Transform cannot be loaded")
        .hasMessageContaining("--jars");
    spec.preprocess(String.class.getName());
    assertThatThrownBy(() -> plan(null, MODEL))
        .hasMessageContaining("implements neither io.stoker.region.RegionTransform nor");
  }

  private HeadPlan plan(@Nullable Size uniform, InputLayout layout) throws RefusedException {
    return HeadPlan.of(spec.build(), new RegionShapes(10, uniform), layout);
  }

  /** Declares a slot of five channels. */
  public static final class Halves implements RegionTransform {
    @Override
    public SlotSpec slot() {
      return new SlotSpec(8, 8, 5, SlotSpec.Type.UINT8);
    }

    @Override
    public void transform(Region region, Pixels pixels, ByteBuffer slot) {}
  }

  /** Loads nothing. */
  public static final class Keys implements RegionLoader {
    @Override
    public SlotSpec slot() {
      return new SlotSpec(2, 2, 3, SlotSpec.Type.FLOAT32);
    }

    @Override
    public void load(Region region, ByteBuffer slot) {}
  }
}
