package io.stoker.spark;

import io.stoker.model.DataType;
import io.stoker.region.Failure;
import io.stoker.region.RegionOutput;
import io.stoker.runtime.OutputColumn;
import java.io.Serializable;
import java.lang.reflect.Array;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** Makes rows of the output. Vectors stay primitive arrays, which Spark copies as a block. */
final class OutputRows implements Serializable {
  private static final long serialVersionUID = 1;

  private final int manifestColumns;
  private final List<OutputColumn> columns;
  private final List<String> labels;

  /**
   * @param manifestColumns how many columns the manifest has
   * @param columns the model's
   * @param labels a name for each class, or empty
   */
  OutputRows(int manifestColumns, List<OutputColumn> columns, List<String> labels) {
    this.manifestColumns = manifestColumns;
    this.columns = columns;
    this.labels = labels;
  }

  /** The row of a predicted region. */
  Row ok(Row manifest, long id, byte[] key, List<RegionOutput> outputs) {
    @Nullable Object[] values = begin(manifest, id, key, OutputSchema.OK, null);
    int next = manifestColumns + OutputSchema.CONTRACT.size();
    for (OutputColumn column : columns) {
      values[next++] = value(column, outputs);
    }
    return RowFactory.create(values);
  }

  /** The row of a region that was not predicted. */
  Row failed(Row manifest, long id, byte[] key, Failure failure) {
    Row why =
        RowFactory.create(failure.stage().label(), failure.reason().label(), failure.detail());
    return RowFactory.create(begin(manifest, id, key, OutputSchema.FAILED, why));
  }

  private @Nullable Object[] begin(
      Row manifest, long id, byte[] key, String status, @Nullable Row failure) {
    int length = manifestColumns + OutputSchema.CONTRACT.size() + columns.size();
    @Nullable Object[] values = new @Nullable Object[length];
    for (int i = 0; i < manifestColumns; i++) {
      values[i] = manifest.get(i);
    }
    values[manifestColumns] = id;
    values[manifestColumns + 1] = key;
    values[manifestColumns + 2] = status;
    values[manifestColumns + 3] = failure;
    return values;
  }

  private @Nullable Object value(OutputColumn column, List<RegionOutput> outputs) {
    RegionOutput output = outputs.get(column.output());
    return switch (column.kind()) {
      case SCALAR -> Array.get(widened(column.type(), output.values()), 0);
      case VECTOR -> widened(column.type(), output.values());
      case TENSOR -> RowFactory.create(output.shape(), widened(column.type(), output.values()));
      case VECTOR_BYTES -> LittleEndian.bytes(output.values());
      case TENSOR_BYTES -> RowFactory.create(output.shape(), LittleEndian.bytes(output.values()));
      case TOP_K ->
          top((float[]) output.values(), (int[]) outputs.get(column.output() + 1).values());
      case CLASS -> ((int[]) output.values())[0];
      case CLASS_LABEL -> label(((int[]) output.values())[0]);
      case CLASS_MAP -> bytes(output.values());
    };
  }

  private Row[] top(float[] scores, int[] indices) {
    var rows = new Row[scores.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = RowFactory.create(indices[i], label(indices[i]), scores[i]);
    }
    return rows;
  }

  private @Nullable String label(int index) {
    return index >= 0 && index < labels.size() ? labels.get(index) : null;
  }

  /** Unsigned integers as the next wider signed ones; everything else as it is. */
  private static Object widened(DataType type, Object values) {
    switch (type) {
      case UINT8 -> {
        var bytes = (byte[]) values;
        var wide = new short[bytes.length];
        for (int i = 0; i < wide.length; i++) {
          wide[i] = (short) (bytes[i] & 0xff);
        }
        return wide;
      }
      case UINT16 -> {
        var shorts = (short[]) values;
        var wide = new int[shorts.length];
        for (int i = 0; i < wide.length; i++) {
          wide[i] = shorts[i] & 0xffff;
        }
        return wide;
      }
      case UINT32 -> {
        var ints = (int[]) values;
        var wide = new long[ints.length];
        for (int i = 0; i < wide.length; i++) {
          wide[i] = Integer.toUnsignedLong(ints[i]);
        }
        return wide;
      }
      default -> {
        return values;
      }
    }
  }

  private static byte[] bytes(Object classes) {
    if (classes instanceof byte[] bytes) {
      return bytes;
    }
    var ints = (int[]) classes;
    var bytes = new byte[ints.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ints[i];
    }
    return bytes;
  }
}
