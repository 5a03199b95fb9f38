package io.stoker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class InputLayoutTest {
  @Test
  void channelsLastIsTheRule() throws ModelException {
    assertThat(layout(-1L, 224L, 299L, 3L)).isEqualTo(new InputLayout(false, 224, 299, 3, 0));
    assertThat(layout(8L, 49L, 10L, 1L)).isEqualTo(new InputLayout(false, 49, 10, 1, 8));
    assertThat(layout(-1L, -1L, -1L, -1L)).isEqualTo(new InputLayout(false, -1, -1, -1, 0));
    assertThat(layout(-1L, -1L, -1L, 3L)).isEqualTo(new InputLayout(false, -1, -1, 3, 0));
    assertThat(layout(1L, 3L, 3L, 3L)).isEqualTo(new InputLayout(false, 3, 3, 3, 1));
    assertThat(layout(-1L, 64L, 64L, 4L)).isEqualTo(new InputLayout(false, 64, 64, 4, 0));
  }

  @Test
  void channelsFirstIsToldByItsSmallSecondDimension() throws ModelException {
    assertThat(layout(-1L, 3L, 224L, 299L)).isEqualTo(new InputLayout(true, 224, 299, 3, 0));
    assertThat(layout(-1L, 1L, 28L, 28L)).isEqualTo(new InputLayout(true, 28, 28, 1, 0));
    assertThat(layout(4L, 3L, -1L, -1L)).isEqualTo(new InputLayout(true, -1, -1, 3, 4));
    assertThat(layout(-1L, 4L, 64L, 64L)).isEqualTo(new InputLayout(true, 64, 64, 4, 0));
  }

  @Test
  void unknownRankMeansAnySize() throws ModelException {
    assertThat(InputLayout.of(spec(DataType.FLOAT32, null)))
        .isEqualTo(new InputLayout(false, -1, -1, -1, 0));
  }

  @Test
  void whatIsNoImageIsRefusedWithItsShape() {
    assertThatThrownBy(() -> layout(-1L, 784L))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "input in cannot take images: it is [?, 784] float32 and takes flat vectors, expected"
                + " [batch, height, width, channels]; export the model with the image's own shape");
    assertThatThrownBy(() -> layout(28L, 28L, 3L))
        .hasMessageContaining("[28, 28, 3] float32 and has no batch dimension, or no channels");
    assertThatThrownBy(() -> layout(1L, 2L, 28L, 28L, 3L)).hasMessageContaining("has 5 dimensions");
    assertThatThrownBy(() -> layout(-1L, 0L, 28L, 3L)).hasMessageContaining("a dimension of 0");
    assertThatThrownBy(() -> InputLayout.of(spec(DataType.STRING, List.of())))
        .hasMessageContaining("name a tensor behind its decoding with --input");
    assertThatThrownBy(() -> InputLayout.of(spec(DataType.BOOL, null)))
        .hasMessageContaining("takes no numbers that pixels could become");
  }

  private static InputLayout layout(Long... shape) throws ModelException {
    return InputLayout.of(spec(DataType.FLOAT32, List.of(shape)));
  }

  private static TensorSpec spec(DataType type, @Nullable List<Long> shape) {
    return new TensorSpec("in", "in:0", type, shape);
  }
}
