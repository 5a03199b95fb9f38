package io.stoker.cli;

import io.stoker.spark.ManifestSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which regions. */
final class ManifestFlags {
  @Option(
      names = "--manifest",
      paramLabel = "URI",
      description =
          "The regions, one a row: CSV, JSON lines, Parquet or ORC, on any Hadoop file"
              + " system.")
  @Nullable String manifest;

  @Option(
      names = "--manifest-format",
      paramLabel = "csv|json|parquet|orc",
      converter = FormatName.class,
      description = "What the manifest is. Default: by its extension.")
  @Nullable String format;

  @Option(
      names = "--manifest-table",
      paramLabel = "NAME",
      description = "A table or view of the session's catalog, instead of --manifest.")
  @Nullable String table;

  @Option(
      names = "--where",
      paramLabel = "SQL",
      description = "Only rows for which this holds, such as \"status = 'failed'\".")
  @Nullable String where;

  @Option(
      names = "--column",
      paramLabel = "NAME=COLUMN",
      description =
          "Take the contract's column NAME (uri, x, y, width, height, page, or a hint:"
              + " image_width, image_height, image_bytes) from COLUMN, such as uri=file. Repeatable.")
  Map<String, String> columns = new LinkedHashMap<>();

  /** Adds what is wrong with these flags together. */
  void check(Given given, List<String> problems) {
    if (given.has("--manifest") && given.has("--manifest-table")) {
      problems.add("--manifest and --manifest-table exclude each other; give one of them");
    }
    if (!given.has("--manifest") && !given.has("--manifest-table")) {
      problems.add(
          "--manifest is missing, expected the URI of a table of regions (or --manifest-table"
              + " NAME)");
    }
    columns.keySet().stream()
        .filter(name -> !ManifestSource.contractColumns().contains(name.toLowerCase(Locale.ROOT)))
        .forEach(
            name ->
                problems.add(
                    "--column "
                        + name
                        + "=...: the contract has no column "
                        + name
                        + ", expected one of "
                        + String.join(", ", ManifestSource.contractColumns())));
    if (given.has("--manifest-table") && given.has("--manifest-format")) {
      problems.add("--manifest-format is for files, but --manifest-table was given; leave it out");
    }
  }

  ManifestSource source() {
    ManifestSource source =
        table == null
            ? ManifestSource.files(Objects.requireNonNull(manifest)).format(format)
            : ManifestSource.table(table);
    source = source.where(where);
    for (Map.Entry<String, String> column : columns.entrySet()) {
      source = source.column(column.getKey(), column.getValue());
    }
    return source;
  }

  /** Closed, so that a typing error is told at once. */
  static final class FormatName extends Converter<String> {
    private static final List<String> NAMES = List.of("csv", "json", "parquet", "orc");

    @Override
    String parse(String text) {
      String name = text.toLowerCase(Locale.ROOT);
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException(
            "\"" + text + "\", expected one of " + String.join(", ", NAMES));
      }
      return name;
    }
  }
}
