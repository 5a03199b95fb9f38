package io.stoker.cli;

import org.apache.spark.sql.SparkSession;

/** A session such as others have, for tests that end it themselves. */
final class LocalSession {
  private LocalSession() {}

  static SparkSession start(int cores) {
    return SparkSession.builder()
        .master("local[" + cores + "]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate();
  }
}
