package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

final class ClusterResourcesTest {
  private static final long MIB = 1L << 20;

  @Test
  void locallyTheCoresAreThoseOfTheMasterNotTheMachines() {
    assertThat(ClusterResources.of("local[3]", conf(), 1, 99))
        .extracting(ClusterResources::cores, ClusterResources::tasks, ClusterResources::slots)
        .containsExactly(3, 3, 3);
    assertThat(ClusterResources.of("local", conf(), 1, 99).cores()).isEqualTo(1);
    assertThat(ClusterResources.of("local[*]", conf(), 1, 99).cores())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(ClusterResources.of("local[2]", conf(), 1, 99).maxFailures()).isEqualTo(1);
    assertThat(ClusterResources.of("local[2, 5]", conf(), 1, 99).maxFailures()).isEqualTo(5);
    assertThat(ClusterResources.of("local[4]", conf("spark.task.cpus", "2"), 1, 9).tasks())
        .isEqualTo(2);
  }

  @Test
  void onAClusterTasksShareCoresAndGpus() {
    SparkConf conf =
        conf(
            "spark.executor.cores", "16",
            "spark.executor.resource.gpu.amount", "1",
            "spark.task.resource.gpu.amount", "0.25",
            "spark.executor.instances", "6",
            "spark.executor.memory", "8g");

    ClusterResources resources = ClusterResources.of("yarn", conf, 2, 32);

    assertThat(resources.cores()).isEqualTo(16);
    assertThat(resources.tasks()).isEqualTo(4);
    assertThat(resources.slots()).isEqualTo(24);
    assertThat(resources.gpus()).isEqualTo(1);
    assertThat(ClusterResources.of("yarn", conf(), 2, 32).gpus()).isZero();
    assertThat(resources.maxFailures()).isEqualTo(4);
    assertThat(resources.memoryBytes()).isEqualTo(2048 * MIB + 819 * MIB / 2);
    conf.set("spark.executor.memoryOverhead", "4096");
    assertThat(ClusterResources.of("yarn", conf, 2, 32).memoryBytes()).isEqualTo(4096 * MIB);
  }

  @Test
  void gpusShareAnExecutorOnlyWhereTasksAreToldTheirs() {
    SparkConf conf = conf("spark.executor.cores", "16", "spark.executor.resource.gpu.amount", "2");
    ClusterResources resources = ClusterResources.of("yarn", conf, 1, 16);
    assertThat(resources.each(List.of("1"), Map.of()).gpus()).isEqualTo(2);
    assertThat(resources.each(List.of(), Map.of()).gpus()).isEqualTo(1);
  }

  @Test
  void aStandaloneExecutorHasItsShareOfTheCluster() {
    assertThat(ClusterResources.of("spark://h:1", conf(), 4, 32).cores()).isEqualTo(8);
    assertThat(ClusterResources.of("k8s://h:1", conf(), 4, 32).cores()).isEqualTo(1);
  }

  @Test
  void theSessionTakesOfAGpuWhatRapidsLeaves() {
    assertThat(GpuMemory.fraction(conf())).isEqualTo(0.9);
    SparkConf both =
        conf(
            "spark.plugins",
            "io.stoker.spark.StokerPlugin,com.nvidia.spark.SQLPlugin",
            "spark.rapids.memory.gpu.allocFraction",
            "0.3");
    assertThat(ClusterResources.of("yarn", both, 1, 1).gpuMemoryFraction())
        .isCloseTo(0.6, within(1e-9));
    var problems = new ArrayList<String>();
    GpuMemory.check(both, 0, problems);
    assertThat(problems).isEmpty();

    GpuMemory.check(conf("spark.plugins", "com.nvidia.spark.SQLPlugin"), 0, problems);
    assertThat(problems).singleElement().asString().contains("allocFraction=0.3");

    problems.clear();
    GpuMemory.check(both, 0.7, problems);
    assertThat(problems).isEmpty();
    GpuMemory.check(both, 0.8, problems);
    assertThat(problems)
        .singleElement()
        .asString()
        .startsWith("--gpu-memory-fraction 0.8 and the RAPIDS plugin's")
        .endsWith("are more than a GPU has; lower one of them");
  }

  @Test
  void onlySettingsThatDifferFromHadoopsDefaultsTravel() {
    var hadoop = new Configuration();
    hadoop.set("fs.s3a.endpoint", "here");

    assertThat(ClusterResources.hadoop(hadoop))
        .containsEntry("fs.s3a.endpoint", "here")
        .hasSizeLessThan(20);
  }

  private static SparkConf conf(String... settings) {
    var conf = new SparkConf(false);
    for (int i = 0; i < settings.length; i += 2) {
      conf.set(settings[i], settings[i + 1]);
    }
    return conf;
  }
}
