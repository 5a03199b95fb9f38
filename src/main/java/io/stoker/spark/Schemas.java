package io.stoker.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.CalendarIntervalType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** What must hold of columns that go into Parquet. */
final class Schemas {
  private Schemas() {}

  /** Adds a problem for each column that Parquet cannot hold, or not beside the others. */
  static void checkStorable(StructType schema, List<String> problems) {
    var seen = new TreeSet<String>();
    for (StructField field : schema.fields()) {
      if (!storable(field.dataType())) {
        problems.add(
            "the manifest's column \""
                + field.name()
                + "\" is "
                + field.dataType().catalogString()
                + ", which Parquet cannot hold; cast it or leave it out");
      }
      if (!seen.add(field.name().toLowerCase(Locale.ROOT))) {
        problems.add(
            "the manifest has several columns \""
                + field.name()
                + "\", the case of letters aside; rename one");
      }
    }
  }

  /** The columns but for some, in order. */
  static StructType without(StructType schema, java.util.Set<String> names) {
    return DataTypes.createStructType(
        Arrays.stream(schema.fields()).filter(field -> !names.contains(field.name())).toList());
  }

  /** The columns and some more. */
  static StructType with(StructType schema, StructField... more) {
    var fields = new ArrayList<>(Arrays.asList(schema.fields()));
    fields.addAll(Arrays.asList(more));
    return DataTypes.createStructType(fields);
  }

  private static boolean storable(DataType type) {
    if (type instanceof StructType struct) {
      return struct.fields().length > 0
          && Arrays.stream(struct.fields()).allMatch(field -> storable(field.dataType()));
    } else if (type instanceof ArrayType array) {
      return storable(array.elementType());
    } else if (type instanceof MapType map) {
      return storable(map.keyType()) && storable(map.valueType());
    }
    return !type.equals(DataTypes.NullType) && !(type instanceof CalendarIntervalType);
  }
}
