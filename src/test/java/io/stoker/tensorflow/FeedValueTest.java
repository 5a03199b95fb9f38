package io.stoker.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.model.DataType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.TensorProto;

final class FeedValueTest {
  @Test
  void singleValuesAndNestedListsAreRead() {
    assertThat(FeedValue.parse(" 0.5 ")).isEqualTo(new FeedValue(List.of(), List.of("0.5")));
    assertThat(FeedValue.parse("[1, 2]")).isEqualTo(new FeedValue(List.of(2L), List.of("1", "2")));
    assertThat(FeedValue.parse("[[1,0],[0,1],[2,3]]").shape()).containsExactly(3L, 2L);
    assertThat(FeedValue.parse("[]").shape()).containsExactly(0L);
    assertThat(FeedValue.parse("[\"a, b\", \"c\\\"d\", e f]").words())
        .containsExactly("a, b", "c\"d", "e f");
    assertThat(FeedValue.parse("\"[x]\"")).isEqualTo(new FeedValue(List.of(), List.of("[x]")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1, 2", "[1,,2]", "[1] 2", "[[1],[1,2]]", "[[1],2]", "[\"a", "[,]"})
  void whatIsNoListIsRefused(String text) {
    assertThatThrownBy(() -> FeedValue.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void deepNestingIsRefusedWithoutOverflow() {
    assertThatThrownBy(() -> FeedValue.parse("[".repeat(1_000_000)))
        .hasMessage("lists nested deeper than 8");
  }

  @Test
  void everyTypeTakesItsValues() {
    assertThat(tensor("0.5", DataType.FLOAT32).getFloatVal(0)).isEqualTo(0.5f);
    assertThat(tensor("nan", DataType.FLOAT32).getFloatVal(0)).isNaN();
    assertThat(tensor("-inf", DataType.FLOAT64).getDoubleVal(0))
        .isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(tensor("1e2", DataType.INT32).getIntVal(0)).isEqualTo(100);
    assertThat(tensor("9223372036854775807", DataType.INT64).getInt64Val(0))
        .isEqualTo(Long.MAX_VALUE);
    assertThat(tensor("18446744073709551615", DataType.UINT64).getUint64Val(0)).isEqualTo(-1);
    assertThat(tensor("4294967295", DataType.UINT32).getUint32Val(0)).isEqualTo(-1);
    assertThat(tensor("False", DataType.BOOL).getBoolVal(0)).isFalse();
    assertThat(tensor("1", DataType.BOOL).getBoolVal(0)).isTrue();
    assertThat(tensor("grün", DataType.STRING).getStringVal(0).toStringUtf8()).isEqualTo("grün");
    // For a cast to follow.
    assertThat(tensor("1.5", DataType.FLOAT16).getDtypeValue()).isEqualTo(1);
  }

  @Test
  void whatATypeCannotHoldIsRefused() {
    assertThatThrownBy(() -> tensor("256", DataType.UINT8)).hasMessage("'256' is no uint8 value");
    assertThatThrownBy(() -> tensor("-1", DataType.UINT16)).hasMessage("'-1' is no uint16 value");
    assertThatThrownBy(() -> tensor("0.5", DataType.INT32)).hasMessage("'0.5' is no int32 value");
    assertThatThrownBy(() -> tensor("one", DataType.FLOAT32))
        .hasMessage("'one' is no float32 value");
    assertThatThrownBy(() -> tensor("1f", DataType.FLOAT32)).hasMessage("'1f' is no float32 value");
    assertThatThrownBy(() -> tensor("yes", DataType.BOOL)).hasMessage("'yes' is no bool value");
    assertThatThrownBy(() -> tensor("1", DataType.OTHER)).hasMessageContaining("cannot be fed");
  }

  @Test
  void shapesMustAgree() {
    FeedValue pair = FeedValue.parse("[1, 2]");
    assertThat(pair.fits(null)).isTrue();
    assertThat(pair.fits(List.of(2L))).isTrue();
    assertThat(pair.fits(List.of(-1L))).isTrue();
    assertThat(pair.fits(List.of(3L))).isFalse();
    assertThat(pair.fits(List.of())).isFalse();
    assertThat(pair.fitsOneOfBatch(List.of(-1L, 2L))).isTrue();
    assertThat(pair.fitsOneOfBatch(List.of(1L, 2L))).isFalse();
    assertThat(pair.fitsOneOfBatch(List.of(-1L, 3L))).isFalse();
  }

  private static TensorProto tensor(String text, DataType type) {
    return FeedValue.parse(text).tensor(type);
  }
}
