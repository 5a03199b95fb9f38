package io.stoker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.image.BoxRule.Placed;
import io.stoker.region.Box;
import io.stoker.region.Failure;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class BoxRuleTest {
  private static final ImageHeader IMAGE = new ImageHeader("png", 100, 50, 3, false, false);

  @ParameterizedTest
  @EnumSource(BoxRule.class)
  void aBoxInsideStaysAsItIs(BoxRule rule) throws Exception {
    var box = new Box(0, 0, 100, 50);
    assertThat(rule.place(box, IMAGE)).isEqualTo(new Placed(box, box));
  }

  @ParameterizedTest
  @EnumSource(BoxRule.class)
  void aBoxWithoutAnyPixelInsideFails(BoxRule rule) {
    assertThatThrownBy(() -> rule.place(new Box(100, 0, 10, 10), IMAGE))
        .isInstanceOfSatisfying(
            ImageException.class,
            e ->
                assertThat(e.failure())
                    .isEqualTo(
                        new Failure(
                            Failure.Reason.BOX_OUTSIDE_IMAGE,
                            "box 10x10+100+0 reaches outside the image of 100x50 altogether")));
  }

  @Test
  void aBoxOverTheBorderFollowsTheRule() throws Exception {
    var box = new Box(-10, 40, 30, 20);
    var visible = new Box(0, 40, 20, 10);
    assertThatThrownBy(() -> BoxRule.FAIL.place(box, IMAGE))
        .isInstanceOf(ImageException.class)
        .hasMessageEndingWith("the image of 100x50; see --box-outside");
    assertThat(BoxRule.CLAMP.place(box, IMAGE)).isEqualTo(new Placed(visible, visible));
    Placed padded = BoxRule.PAD.place(box, IMAGE);
    assertThat(padded).isEqualTo(new Placed(box, visible));
    assertThat(padded.isPadded()).isTrue();
    assertThat(padded.left()).isEqualTo(10);
    assertThat(padded.top()).isZero();
  }

  @ParameterizedTest(name = "-Dstoker.seed={0}")
  @MethodSource("seeds")
  void whatIsDecodedLiesInTheImageAndLandsInTheSlot(long seed) throws Exception {
    var random = new Random(seed);
    for (int i = 0; i < 1_000; i++) {
      var box = new Box(coordinate(random), coordinate(random), side(random), side(random));
      if (!Box.whole(100, 50).intersects(box)) {
        continue;
      }
      for (BoxRule rule : new BoxRule[] {BoxRule.CLAMP, BoxRule.PAD}) {
        Placed placed = rule.place(box, IMAGE);
        assertThat(Box.whole(100, 50).contains(placed.visible())).isTrue();
        assertThat(box.contains(placed.visible())).isTrue();
        assertThat(placed.left()).isNotNegative();
        assertThat(placed.left() + placed.visible().width())
            .isLessThanOrEqualTo(placed.box().width());
        assertThat(placed.top() + placed.visible().height())
            .isLessThanOrEqualTo(placed.box().height());
      }
    }
  }

  private static int coordinate(Random random) {
    return random.nextInt(20) == 0 ? random.nextInt() : random.nextInt(300) - 150;
  }

  private static int side(Random random) {
    return 1 + (random.nextInt(20) == 0 ? random.nextInt(Integer.MAX_VALUE) : random.nextInt(200));
  }

  static LongStream seeds() {
    Long seed = Long.getLong("stoker.seed");
    return seed == null ? LongStream.range(0, 10) : LongStream.of(seed);
  }
}
