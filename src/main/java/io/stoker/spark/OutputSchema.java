package io.stoker.spark;

import io.stoker.model.DataType;
import io.stoker.runtime.OutputColumn;
import io.stoker.runtime.OutputColumn.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns of the output: the manifest's, the contract's, the model's. */
final class OutputSchema {
  static final String REGION_ID = "region_id";
  static final String REGION_KEY = "region_key";
  static final String STATUS = "status";
  static final String FAILURE = "failure";
  static final String OK = "ok";
  static final String FAILED = "failed";

  /** Key of a column's metadata: the type of the elements in its bytes. */
  static final String ELEMENTS = "io.stoker.elements";

  /** What each output has between the manifest's columns and the model's, in order. */
  static final List<String> CONTRACT = List.of(REGION_ID, REGION_KEY, STATUS, FAILURE);

  static final StructType FAILURE_TYPE =
      DataTypes.createStructType(
          List.of(
              DataTypes.createStructField("stage", DataTypes.StringType, false),
              DataTypes.createStructField("reason", DataTypes.StringType, false),
              DataTypes.createStructField("detail", DataTypes.StringType, false)));

  /** The contract's columns alone. */
  static final StructType CONTRACT_TYPE = DataTypes.createStructType(contract(Metadata.empty()));

  private OutputSchema() {}

  /**
   * All columns of the output.
   *
   * @param manifest the manifest's own
   * @param columns the model's
   * @param base what relative URIs are resolved against; goes into the columns' metadata
   * @param problems gets clashes of names and types that no column can hold
   */
  static StructType of(
      StructType manifest, List<OutputColumn> columns, String base, List<String> problems) {
    Metadata mark = EarlierOutput.mark(base);
    var fields = new ArrayList<StructField>(Arrays.asList(manifest.fields()));
    fields.addAll(contract(mark));
    for (OutputColumn column : columns) {
      if (column.type() == DataType.UINT64 && !isBytes(column)) {
        problems.add(
            "the model's output \""
                + column.name()
                + "\" is uint64, which no column can hold; choose other outputs with --fetch, or --vectors binary");
      } else {
        fields.add(new StructField(column.name(), type(column), true, metadata(column, mark)));
      }
    }
    checkNames(fields, manifest.fields().length, problems);
    return DataTypes.createStructType(fields);
  }

  private static boolean isBytes(OutputColumn column) {
    return column.kind() == Kind.VECTOR_BYTES || column.kind() == Kind.TENSOR_BYTES;
  }

  /** Of bytes the schema does not tell the elements' type. */
  private static Metadata metadata(OutputColumn column, Metadata mark) {
    return isBytes(column)
        ? new MetadataBuilder()
            .withMetadata(mark)
            .putString(ELEMENTS, column.type().label())
            .build()
        : mark;
  }

  /** Names of the columns that we add, in order. */
  static List<String> added(List<OutputColumn> columns) {
    var names = new ArrayList<>(CONTRACT);
    columns.forEach(column -> names.add(column.name()));
    return List.copyOf(names);
  }

  private static List<StructField> contract(Metadata metadata) {
    return List.of(
        new StructField(REGION_ID, DataTypes.LongType, false, metadata),
        new StructField(REGION_KEY, DataTypes.BinaryType, false, metadata),
        new StructField(STATUS, DataTypes.StringType, false, metadata),
        new StructField(FAILURE, FAILURE_TYPE, true, metadata));
  }

  private static void checkNames(List<StructField> fields, int manifest, List<String> problems) {
    var owners = new TreeMap<String, String>();
    for (int i = 0; i < fields.size(); i++) {
      String name = fields.get(i).name();
      String owner =
          i < manifest
              ? "the manifest"
              : i < manifest + CONTRACT.size() ? "Stoker's own columns" : "the model's outputs";
      String other = owners.put(name.toLowerCase(Locale.ROOT), owner);
      if (other != null) {
        problems.add(
            "the output would have two columns \""
                + name
                + "\": one of "
                + other
                + ", one of "
                + owner
                + "; rename the manifest's, or choose other outputs with --fetch");
      }
    }
  }

  private static org.apache.spark.sql.types.DataType type(OutputColumn column) {
    return switch (column.kind()) {
      case SCALAR -> element(column.type());
      case VECTOR -> DataTypes.createArrayType(element(column.type()), false);
      case TENSOR -> tensor(DataTypes.createArrayType(element(column.type()), false));
      case VECTOR_BYTES -> DataTypes.BinaryType;
      case TENSOR_BYTES -> tensor(DataTypes.BinaryType);
      case TOP_K ->
          DataTypes.createArrayType(
              DataTypes.createStructType(
                  List.of(
                      DataTypes.createStructField("index", DataTypes.IntegerType, false),
                      DataTypes.createStructField("label", DataTypes.StringType, true),
                      DataTypes.createStructField("score", DataTypes.FloatType, false))),
              false);
      case CLASS -> DataTypes.IntegerType;
      case CLASS_LABEL -> DataTypes.StringType;
      case CLASS_MAP -> DataTypes.BinaryType;
    };
  }

  private static StructType tensor(org.apache.spark.sql.types.DataType values) {
    return DataTypes.createStructType(
        List.of(
            DataTypes.createStructField(
                "shape", DataTypes.createArrayType(DataTypes.IntegerType, false), false),
            DataTypes.createStructField("values", values, false)));
  }

  /** The narrowest type that holds every value; Spark has no unsigned ones. */
  private static org.apache.spark.sql.types.DataType element(DataType type) {
    return switch (type) {
      case FLOAT32, FLOAT16, BFLOAT16 -> DataTypes.FloatType;
      case FLOAT64 -> DataTypes.DoubleType;
      case INT8 -> DataTypes.ByteType;
      case UINT8, INT16 -> DataTypes.ShortType;
      case UINT16, INT32 -> DataTypes.IntegerType;
      case UINT32, INT64 -> DataTypes.LongType;
      case BOOL -> DataTypes.BooleanType;
      case STRING, UINT64, OTHER ->
          throw new IllegalArgumentException("no column holds elements of type " + type.label());
    };
  }
}
