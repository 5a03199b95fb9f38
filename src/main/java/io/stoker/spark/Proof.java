package io.stoker.spark;

import io.stoker.plan.AccountingMix;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * What one pass over the committed rows finds: who is there, and what became of them. Adding
 * changes the object, as Spark's {@code aggregate} allows; not thread-safe.
 */
final class Proof implements Serializable {
  private static final long serialVersionUID = 1;

  /** A row that does not say which region it is. */
  private static final AccountingMix NAMELESS = new AccountingMix(1, 0, 0);

  private final HashMap<String, Long> reasons = new HashMap<>();
  private AccountingMix mix = AccountingMix.EMPTY;
  private long ok;
  private long failed;

  /** Reads the rows of an output back. */
  static Proof of(SparkSession spark, String folder) {
    return spark
        .read()
        .schema(OutputSchema.CONTRACT_TYPE)
        .parquet(folder)
        .javaRDD()
        .aggregate(new Proof(), Proof::add, Proof::add);
  }

  private Proof add(Row row) {
    mix =
        row.isNullAt(0) || row.isNullAt(1)
            ? mix.plus(NAMELESS)
            : mix.plus(row.getLong(0), (byte[]) row.get(1));
    if (OutputSchema.OK.equals(row.getString(2))) {
      ok++;
    } else {
      failed++;
      String reason =
          row.isNullAt(3)
              ? "?"
              : row.getStruct(3).getString(0) + "/" + row.getStruct(3).getString(1);
      reasons.merge(reason, 1L, Long::sum);
    }
    return this;
  }

  private Proof add(Proof other) {
    mix = mix.plus(other.mix);
    ok += other.ok;
    failed += other.failed;
    other.reasons.forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
    return this;
  }

  long ok() {
    return ok;
  }

  long failed() {
    return failed;
  }

  Map<String, Long> reasons() {
    return new TreeMap<>(reasons);
  }

  /** What is wrong if these are not the regions of the manifest, or null. */
  @Nullable String mismatch(AccountingMix expected, String folder) {
    if (mix.equals(expected)) {
      return null;
    }
    String what =
        mix.rows() == expected.rows()
            ? "as many rows as the manifest, "
                + expected.rows()
                + ", but not the same: ids and keys do not add up"
            : mix.rows() + " rows, expected " + expected.rows();
    return "the output "
        + folder
        + " has "
        + what
        + "; no region may be lost, doubled or swapped, so do not use it: run the job again, and"
        + " report this if it comes back";
  }
}
