package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MainTest {
  @ParameterizedTest
  @CsvSource({"0,,true", "0,client,true", "0,cluster,false", "3,cluster,true", "1,,true"})
  void aSuccessInClusterModeIsNotEndedByExit(int code, String deployMode, boolean exits) {
    assertThat(Main.exits(code, deployMode)).isEqualTo(exits);
  }
}
