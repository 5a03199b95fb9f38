package io.stoker.spark;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Where a manifest is, and how to read it. Immutable: each method that changes something returns a
 * new source.
 */
public final class ManifestSource {
  /** The three places a manifest can come from. */
  sealed interface Origin {
    /** Files: one, or a folder of them. */
    record Files(String location, @Nullable String format, Map<String, String> options)
        implements Origin {}

    /** A table or view of the session's catalog. */
    record Table(String name) implements Origin {}

    /** Rows. */
    record Rows(Dataset<Row> rows) implements Origin {}
  }

  private final Origin origin;
  private final @Nullable String where;
  private final Map<String, String> columns;

  private ManifestSource(Origin origin, @Nullable String where, Map<String, String> columns) {
    this.origin = origin;
    this.where = where;
    this.columns = columns;
  }

  /** The columns that mean something: names that {@link #column} takes. */
  public static List<String> contractColumns() {
    return Arrays.stream(ContractColumn.values()).map(ContractColumn::label).toList();
  }

  /**
   * A file or a folder of files, on any Hadoop file system. The format is known by the name's end
   * ({@code .csv}, {@code .tsv}, {@code .json}, {@code .jsonl}, {@code .ndjson}, {@code .parquet},
   * {@code .orc}, compressed or not), for a folder by its files'.
   *
   * <p>Relative image URIs are resolved against the file's folder, or the folder itself.
   */
  public static ManifestSource files(String location) {
    return new ManifestSource(new Origin.Files(location, null, Map.of()), null, Map.of());
  }

  /**
   * A table or view of the session's catalog. Relative image URIs are resolved against the driver's
   * working folder on the default file system.
   */
  public static ManifestSource table(String name) {
    return new ManifestSource(new Origin.Table(name), null, Map.of());
  }

  /** Rows; relative image URIs as with {@link #table}. */
  public static ManifestSource rows(Dataset<Row> rows) {
    return new ManifestSource(new Origin.Rows(rows), null, Map.of());
  }

  /**
   * With the files' format said: {@code csv}, {@code json}, {@code parquet}, {@code orc} or another
   * that the session can read; null finds it by name. For files only.
   */
  public ManifestSource format(@Nullable String format) {
    Origin.Files files = asFiles("a format");
    return new ManifestSource(
        new Origin.Files(files.location(), format, files.options()), where, columns);
  }

  /** With an option of Spark's reader, such as {@code sep}. For files only. */
  public ManifestSource option(String name, String value) {
    Origin.Files files = asFiles("a reader's option");
    return new ManifestSource(
        new Origin.Files(files.location(), files.format(), with(files.options(), name, value)),
        where,
        columns);
  }

  /** With only the rows for which a SQL expression over the manifest's own columns is true. */
  public ManifestSource where(@Nullable String sql) {
    return new ManifestSource(origin, sql, columns);
  }

  /** With a contract column, such as {@code uri}, taken from a column of another name. */
  public ManifestSource column(String contract, String column) {
    return new ManifestSource(origin, where, with(columns, contract, column));
  }

  Origin origin() {
    return origin;
  }

  @Nullable String where() {
    return where;
  }

  Map<String, String> columns() {
    return columns;
  }

  /** What messages and the run record call it. */
  String describe() {
    if (origin instanceof Origin.Files files) {
      return files.location();
    } else if (origin instanceof Origin.Table table) {
      return "table " + table.name();
    }
    return "the given Dataset";
  }

  private Origin.Files asFiles(String what) {
    if (origin instanceof Origin.Files files) {
      return files;
    }
    throw new IllegalStateException(
        what + " is for manifest files, but this manifest is " + describe());
  }

  private static Map<String, String> with(Map<String, String> map, String key, String value) {
    var copy = new LinkedHashMap<>(map);
    copy.put(key, value);
    return Map.copyOf(copy);
  }
}
