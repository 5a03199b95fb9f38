package io.stoker.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a manifest that is itself an output of ours.
 *
 * <p>Each column that we add is marked in its metadata, which Spark keeps in Parquet's footers and
 * in its catalog, and through {@code select} and {@code where}. So an output is recognised wherever
 * it went; {@code _stoker/run.json} beside the files and the four contract names are the fallback.
 *
 * @param columns names of the columns that we added: they are not the manifest's
 * @param base what relative URIs were resolved against, or null if that is not known
 */
record EarlierOutput(Set<String> columns, @Nullable String base) {
  private static final String MARK = "io.stoker.column";
  private static final String BASE = "io.stoker.base";

  /** Nothing known. */
  private static final EarlierOutput NONE = new EarlierOutput(Set.of(), null);

  /** Metadata for a column that we add to an output. */
  static Metadata mark(String base) {
    return new MetadataBuilder().putBoolean(MARK, true).putString(BASE, base).build();
  }

  /**
   * What the schema, and the run record if there is one, tell.
   *
   * @param folder where the manifest lies, or null if it is not in files
   * @throws IOException if there is a run record, but it cannot be read
   */
  static EarlierOutput of(StructType schema, @Nullable Path folder, Configuration hadoop)
      throws IOException {
    EarlierOutput recorded = folder == null ? NONE : recorded(folder, hadoop);
    var columns = new HashSet<String>();
    String base = recorded.base;
    boolean contract = looksLikeOne(schema);
    for (StructField field : schema.fields()) {
      boolean marked = field.metadata().contains(MARK);
      if (marked
          || recorded.columns.contains(field.name())
          || (contract && OutputSchema.CONTRACT.contains(field.name().toLowerCase(Locale.ROOT)))) {
        columns.add(field.name());
      }
      if (marked && base == null) {
        base = field.metadata().getString(BASE);
      }
    }
    return new EarlierOutput(columns, base);
  }

  private static boolean looksLikeOne(StructType schema) {
    var names = new TreeSet<String>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(Arrays.asList(schema.fieldNames()));
    return names.containsAll(OutputSchema.CONTRACT);
  }

  private static EarlierOutput recorded(Path folder, Configuration hadoop) throws IOException {
    var file = new Path(folder, OutputFolder.RECORD);
    FileSystem files = file.getFileSystem(hadoop);
    if (!files.exists(file)) {
      return NONE;
    }
    try (var in = files.open(file)) {
      JsonNode record = new ObjectMapper().readTree(in.readAllBytes());
      var columns = new HashSet<String>();
      record.path("outputColumns").forEach(name -> columns.add(name.asText()));
      JsonNode base = record.path("manifest").path("base");
      return new EarlierOutput(columns, base.isTextual() ? base.asText() : null);
    }
  }
}
