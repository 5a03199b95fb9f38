package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

final class MemoryNeedTest {
  private static final long GIB = 1L << 30;

  @Test
  void theOverheadHoldsTensorFlowAndWhatOfTheJobTheHeapHasNoRoomFor() {
    // 3 GiB of a job, 1 of them in a quarter of the heap; 1 GiB TensorFlow, 2 x 256 MiB model.
    MemoryNeed need = MemoryNeed.of(conf("4g", "8g"), 3 * GIB, GIB / 4, false);
    assertThat(need.neededOverhead()).isEqualTo(2 * GIB + GIB + GIB / 2);
    assertThat(need.setting()).isEqualTo("--conf spark.executor.memoryOverhead=3584m");
    assertThat(need.problem()).isNull();
    assertThat(MemoryNeed.of(conf("4g", "8g"), 3 * GIB, GIB / 4, true).neededOverhead())
        .isEqualTo(need.neededOverhead() + 2 * GIB);
  }

  @Test
  void whatIsSaidToBeNeededIsEnoughAndHalfAStepLessIsNot() {
    MemoryNeed tight = MemoryNeed.of(conf("4g", "1g"), 3 * GIB, GIB / 4, false);
    String problem = tight.problem();
    assertThat(problem)
        .contains("would be killed", "the overhead is 1.0 GiB")
        .contains("set --conf spark.executor.memoryOverhead=3584m, or lower --memory");
    assertThat(MemoryNeed.of(conf("4g", "3584m"), 3 * GIB, GIB / 4, false).problem()).isNull();
    assertThat(MemoryNeed.of(conf("4g", "3455m"), 3 * GIB, GIB / 4, false).problem()).isNotNull();
  }

  @Test
  void aJobOfNoGivenSizeTakesWhatIsLeft() {
    MemoryNeed need = MemoryNeed.of(conf("4g", "1536m"), 3 * GIB, 0, false).fitted();
    assertThat(need.jobBytes()).isEqualTo(GIB + GIB / 2);
    assertThat(need.problem()).isNull();
    assertThat(MemoryNeed.of(conf("4g", "8g"), 3 * GIB, 0, false).fitted().jobBytes())
        .isEqualTo(3 * GIB);
  }

  @Test
  void aSmallJobThatWasAskedForIsJudgedByItsRoomAlone() {
    assertThat(MemoryNeed.of(conf("1g", "2g"), 1 << 20, 0, false).problem()).isNull();
  }

  /** Spark's own defaults: 1 GiB of heap and 384 MiB beside it, where TensorFlow has no room. */
  @Test
  void sparksDefaultExecutorIsRefusedWithWhatToSet() {
    MemoryNeed need =
        MemoryNeed.of(new SparkConf(false), MemoryNeed.usual(new SparkConf(false)), 0, false);
    assertThat(need.fitted().problem()).contains("--conf spark.executor.memoryOverhead=");
  }

  @Test
  void onlySomeClusterManagersKill() {
    assertThat(MemoryNeed.isEnforced("yarn")).isTrue();
    assertThat(MemoryNeed.isEnforced("k8s://https://host:443")).isTrue();
    assertThat(MemoryNeed.isEnforced("spark://host:7077")).isFalse();
  }

  private static SparkConf conf(String heap, String overhead) {
    return new SparkConf(false)
        .set("spark.executor.memory", heap)
        .set("spark.executor.memoryOverhead", overhead);
  }
}
