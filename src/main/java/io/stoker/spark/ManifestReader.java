package io.stoker.spark;

import io.stoker.spark.ManifestSource.Origin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how to read a manifest and whether it will do, listing all that is wrong with it.
 *
 * <p>Text formats are inferred over all their rows, so that no value is lost to a cast: a column of
 * numbers with one that is none becomes text, and the row is told apart later. Lines that do not
 * parse are kept, as rows of nulls with the line beside them.
 */
final class ManifestReader {
  /** Holds the text of a line that does not parse. Never reaches the output. */
  private static final String MALFORMED = "_stoker_malformed";

  private static final Map<String, String> FORMATS =
      Map.of(
          "csv", "csv",
          "tsv", "csv",
          "json", "json",
          "jsonl", "json",
          "ndjson", "json",
          "parquet", "parquet",
          "orc", "orc");

  private static final Set<String> IMAGES =
      Set.of("jpg", "jpeg", "png", "tif", "tiff", "gif", "bmp", "webp", "jp2", "svs", "ndpi");

  /** What tables are separated by besides commas. */
  private static final List<String> SEPARATORS = List.of(";", "\t", "|");

  private static final Set<String> COMPRESSIONS =
      Set.of("gz", "bz2", "zst", "lz4", "snappy", "deflate");

  private final SparkSession spark;
  private final Configuration hadoop;
  private final ManifestSource source;
  private final List<String> problems = new ArrayList<>();

  private ManifestReader(SparkSession spark, ManifestSource source) {
    this.spark = spark;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
    this.source = source;
  }

  /**
   * Reads what the source names, but no rows, except those that a text format's types are inferred
   * from.
   *
   * @param problems gets what is wrong, all of it
   * @return null if there are problems
   */
  static @Nullable Manifest read(SparkSession spark, ManifestSource source, List<String> problems) {
    var reader = new ManifestReader(spark, source);
    Manifest manifest = reader.read();
    problems.addAll(reader.problems);
    return reader.problems.isEmpty() ? manifest : null;
  }

  private @Nullable Manifest read() {
    try {
      Origin origin = source.origin();
      if (origin instanceof Origin.Files files) {
        return files(files);
      } else if (origin instanceof Origin.Table table) {
        return manifest(spark.table(table.name()), null, workingFolder());
      } else if (origin instanceof Origin.Rows rows) {
        return manifest(rows.rows(), null, workingFolder());
      }
      throw new AssertionError(origin);
    } catch (Exception e) {
      // Spark throws its AnalysisException, which is checked, without declaring it.
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      problems.add(
          "the manifest, " + source.describe() + ", cannot be read: " + Failures.firstLine(e));
      return null;
    }
  }

  private @Nullable Manifest files(Origin.Files files) throws IOException {
    Path path = new Path(files.location());
    FileSystem system = path.getFileSystem(hadoop);
    path = system.makeQualified(path);
    FileStatus[] found = system.globStatus(path);
    if (found == null || found.length == 0) {
      problems.add("the manifest " + path + " does not exist; check the path");
      return null;
    }
    boolean folder = found.length == 1 && found[0].isDirectory();
    Path base = folder ? found[0].getPath() : found[0].getPath().getParent();
    String format = files.format();
    String extension = extension(folder ? firstFile(system, base) : found[0].getPath());
    if (IMAGES.contains(extension)) {
      problems.add(
          "the manifest "
              + path
              + (folder ? " is a folder of images" : " is an image")
              + ", expected a table with one row for each region and the images' paths in a column"
              + " uri. For whole images: { echo uri; find '"
              + base.toUri().getPath()
              + "' -type f -iname '*."
              + extension
              + "' | sed 's/\"/\"\"/g; s/.*/\"&\"/'; } > manifest.csv");
      return null;
    }
    if (format == null) {
      format = FORMATS.get(extension);
      if (format == null) {
        problems.add(
            "the format of the manifest "
                + path
                + " cannot be told by its name; say it with --manifest-format csv, json, parquet or"
                + " orc");
        return null;
      }
    }
    format = format.toLowerCase(Locale.ROOT);
    var options = new LinkedHashMap<String, String>();
    if (extension.equals("tsv")) {
      options.put("sep", "\t");
    }
    options.putAll(files.options());
    Dataset<Row> rows =
        switch (format) {
          case "csv" -> csv(path, options);
          case "json" -> json(path, options);
          default -> spark.read().format(format).options(options).load(path.toString());
        };
    return rows == null ? null : manifest(rows, folder ? base : null, base.toString());
  }

  private @Nullable Dataset<Row> csv(Path path, Map<String, String> options) {
    // Quotes are doubled, as RFC 4180 has it and spreadsheets write it; Spark's own default is a
    // backslash, which paths may contain.
    var all = new LinkedHashMap<>(Map.of("header", "true", "escape", "\""));
    all.putAll(options);
    StructType header = reader("csv", all).load(path.toString()).schema();
    String separator = separator(header);
    if (separator != null && !all.containsKey("sep")) {
      all.put("sep", separator);
      header = reader("csv", all).load(path.toString()).schema();
    }
    // Before all rows are read for their types: most mistakes are in the header.
    ContractColumns.find(header, source.columns(), problems);
    if (!problems.isEmpty()) {
      return null;
    }
    // Each file's header is checked, else a folder of differing files would mix up its columns.
    return text("csv", path, all, Map.of("inferSchema", "true"), Map.of("enforceSchema", "false"));
  }

  /** The one that a header of a single column, which is none, is separated by; or null. */
  private static @Nullable String separator(StructType header) {
    if (header.fields().length != 1) {
      return null;
    }
    String name = header.fieldNames()[0];
    return SEPARATORS.stream().filter(name::contains).findFirst().orElse(null);
  }

  private Dataset<Row> json(Path path, Map<String, String> options) {
    return text("json", path, options, Map.of(), Map.of());
  }

  /** Infers the types, then reads with them, URIs being text and malformed lines kept. */
  private Dataset<Row> text(
      String format,
      Path path,
      Map<String, String> options,
      Map<String, String> inferring,
      Map<String, String> reading) {
    StructType inferred =
        Schemas.without(
            reader(format, options).options(inferring).load(path.toString()).schema(),
            Set.of(MALFORMED));
    int uri =
        ContractColumns.find(inferred, source.columns(), new ArrayList<>())
            .position(ContractColumn.URI);
    StructField[] fields = inferred.fields().clone();
    if (uri >= 0) {
      fields[uri] = DataTypes.createStructField(fields[uri].name(), DataTypes.StringType, true);
    }
    StructType schema =
        Schemas.with(
            DataTypes.createStructType(fields),
            DataTypes.createStructField(MALFORMED, DataTypes.StringType, true));
    return reader(format, options).options(reading).schema(schema).load(path.toString());
  }

  private DataFrameReader reader(String format, Map<String, String> options) {
    return spark
        .read()
        .format(format)
        .options(options)
        .option("mode", "PERMISSIVE")
        .option("columnNameOfCorruptRecord", MALFORMED);
  }

  private @Nullable Manifest manifest(Dataset<Row> given, @Nullable Path folder, String base)
      throws IOException {
    Dataset<Row> rows = given;
    String where = source.where();
    if (where != null) {
      try {
        rows = rows.where(where);
      } catch (Exception e) {
        problems.add("--where \"" + where + "\" cannot be used: " + Failures.firstLine(e));
      }
    }
    EarlierOutput earlier = EarlierOutput.of(rows.schema(), folder, hadoop);
    StructType kept = Schemas.without(rows.schema(), earlier.columns());
    StructType schema = Schemas.without(kept, Set.of(MALFORMED));
    Schemas.checkStorable(schema, problems);
    ContractColumns columns = ContractColumns.find(schema, source.columns(), problems);
    columns.checkTypes(schema, problems);
    if (!problems.isEmpty()) {
      return null;
    }
    boolean malformed = kept.fields().length > schema.fields().length;
    var order = new ArrayList<>(Arrays.asList(schema.fieldNames()));
    if (malformed) {
      order.add(MALFORMED);
    }
    Dataset<Row> read = rows;
    Column[] select = order.stream().map(name -> read.col(quoted(name))).toArray(Column[]::new);
    return new Manifest(
        rows.select(select),
        schema,
        columns,
        earlier.base() == null ? base : earlier.base(),
        malformed ? schema.fields().length : -1,
        source.describe());
  }

  private String workingFolder() throws IOException {
    FileSystem files = FileSystem.get(hadoop);
    return files.makeQualified(files.getWorkingDirectory()).toString();
  }

  private static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  /** The first visible file, in name order, looking into the first visible folder if need be. */
  private static @Nullable Path firstFile(FileSystem files, Path folder) throws IOException {
    FileStatus[] found =
        files.listStatus(
            folder, path -> !path.getName().startsWith("_") && !path.getName().startsWith("."));
    Arrays.sort(found);
    for (FileStatus status : found) {
      if (status.isFile()) {
        return status.getPath();
      }
    }
    return found.length == 0 ? null : firstFile(files, found[0].getPath());
  }

  /** What a file's name ends in, compression aside, in lower case; empty if nothing. */
  private static String extension(@Nullable Path file) {
    if (file == null) {
      return "";
    }
    String[] parts = file.getName().toLowerCase(Locale.ROOT).split("\\.", -1);
    int last = parts.length - 1;
    if (last > 1 && COMPRESSIONS.contains(parts[last])) {
      last--;
    }
    return last < 1 ? "" : parts[last];
  }
}
