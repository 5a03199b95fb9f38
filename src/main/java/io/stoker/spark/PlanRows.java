package io.stoker.spark;

import io.stoker.region.Box;
import io.stoker.region.Failure;
import io.stoker.region.Region;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the numbered manifest: how they are laid out, made and read. A row has what was read of
 * its region, and the manifest's own row as it was.
 */
final class PlanRows {
  static final int ID = 0;
  static final int KEY = 1;
  static final int COST_BEFORE = 2;
  static final int COST = 3;
  static final int FIRST_OF_IMAGE = 4;
  static final int URI = 5;
  static final int PAGE = 6;
  static final int X = 7;
  static final int Y = 8;
  static final int WIDTH = 9;
  static final int HEIGHT = 10;
  static final int IMAGE_WIDTH = 11;
  static final int IMAGE_HEIGHT = 12;
  static final int IMAGE_BYTES = 13;
  static final int REASON = 14;
  static final int DETAIL = 15;
  static final int MANIFEST = 16;

  private PlanRows() {}

  /** The columns, around those of a manifest. */
  static StructType schema(StructType manifest) {
    return DataTypes.createStructType(
        List.of(
            field("region_id", DataTypes.LongType),
            field("region_key", DataTypes.BinaryType),
            field("cost_before", DataTypes.LongType),
            field("cost", DataTypes.LongType),
            field("first_of_image", DataTypes.BooleanType),
            field("uri", DataTypes.StringType),
            field("page", DataTypes.IntegerType),
            field("x", DataTypes.IntegerType),
            field("y", DataTypes.IntegerType),
            field("width", DataTypes.IntegerType),
            field("height", DataTypes.IntegerType),
            field("image_width", DataTypes.LongType),
            field("image_height", DataTypes.LongType),
            field("image_bytes", DataTypes.LongType),
            field("reason", DataTypes.StringType),
            field("detail", DataTypes.StringType),
            field("manifest", manifest)));
  }

  /** A row without number, key and costs: those come when the order is known. */
  static Row unnumbered(RegionFields fields, Row manifest) {
    @Nullable Object[] values = new @Nullable Object[MANIFEST + 1];
    values[URI] = fields.uri();
    values[PAGE] = fields.page();
    Box box = fields.box();
    if (box != null) {
      values[X] = box.x();
      values[Y] = box.y();
      values[WIDTH] = box.width();
      values[HEIGHT] = box.height();
    }
    values[IMAGE_WIDTH] = fields.imageWidth();
    values[IMAGE_HEIGHT] = fields.imageHeight();
    values[IMAGE_BYTES] = fields.imageBytes();
    Failure failure = fields.failure();
    if (failure != null) {
      values[REASON] = failure.reason().name();
      values[DETAIL] = failure.detail();
    }
    values[MANIFEST] = manifest;
    return RowFactory.create(values);
  }

  static long id(Row row) {
    return row.getLong(ID);
  }

  static byte[] key(Row row) {
    return (byte[]) row.get(KEY);
  }

  static @Nullable String uri(Row row) {
    return row.isNullAt(URI) ? null : row.getString(URI);
  }

  static @Nullable Box box(Row row) {
    return row.isNullAt(WIDTH)
        ? null
        : new Box(row.getInt(X), row.getInt(Y), row.getInt(WIDTH), row.getInt(HEIGHT));
  }

  /** Why there is no region in the row, or null. */
  static @Nullable Failure failure(Row row) {
    return row.isNullAt(REASON)
        ? null
        : new Failure(Failure.Reason.valueOf(row.getString(REASON)), row.getString(DETAIL));
  }

  /** The region in a row that has one, its URI as the manifest has it. */
  static Region region(Row row) {
    return new Region(row.getLong(ID), row.getString(URI), row.getInt(PAGE), box(row));
  }

  /** The manifest's own row. */
  static Row manifest(Row row) {
    return row.getStruct(MANIFEST);
  }

  private static StructField field(String name, org.apache.spark.sql.types.DataType type) {
    return DataTypes.createStructField(name, type, true);
  }
}
