package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.model.DataType;
import io.stoker.region.Failure;
import io.stoker.region.Failure.Reason;
import io.stoker.region.RegionOutput;
import io.stoker.runtime.OutputColumn;
import io.stoker.runtime.OutputColumn.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@ExtendWith(SparkSessions.class)
final class OutputRowsTest {
  private static final StructType MANIFEST =
      DataTypes.createStructType(
          List.of(DataTypes.createStructField("uri", DataTypes.StringType, true)));

  private static final int[] FLAT = {3};

  @Test
  void everyKindOfColumnComesBackFromParquet(SparkSession spark, @TempDir Path folder) {
    var columns =
        List.of(
            new OutputColumn("scalar", Kind.SCALAR, DataType.FLOAT64, 0),
            new OutputColumn("vector", Kind.VECTOR, DataType.FLOAT32, 1),
            new OutputColumn("tensor", Kind.TENSOR, DataType.INT64, 2),
            new OutputColumn("top", Kind.TOP_K, DataType.FLOAT32, 3),
            new OutputColumn("class", Kind.CLASS, DataType.INT32, 5),
            new OutputColumn("label", Kind.CLASS_LABEL, DataType.STRING, 5),
            new OutputColumn("map", Kind.CLASS_MAP, DataType.UINT8, 6),
            new OutputColumn("u8", Kind.VECTOR, DataType.UINT8, 7),
            new OutputColumn("i8", Kind.VECTOR, DataType.INT8, 7),
            new OutputColumn("u16", Kind.VECTOR, DataType.UINT16, 8),
            new OutputColumn("i16", Kind.VECTOR, DataType.INT16, 8),
            new OutputColumn("u32", Kind.SCALAR, DataType.UINT32, 9),
            new OutputColumn("bool", Kind.VECTOR, DataType.BOOL, 10),
            new OutputColumn("f32 bytes", Kind.VECTOR_BYTES, DataType.FLOAT32, 1),
            new OutputColumn("u8 bytes", Kind.VECTOR_BYTES, DataType.UINT8, 7),
            new OutputColumn("u16 bytes", Kind.VECTOR_BYTES, DataType.UINT16, 8),
            new OutputColumn("i32 bytes", Kind.TENSOR_BYTES, DataType.INT32, 6),
            new OutputColumn("i64 bytes", Kind.TENSOR_BYTES, DataType.INT64, 2),
            new OutputColumn("f64 bytes", Kind.VECTOR_BYTES, DataType.FLOAT64, 11),
            new OutputColumn("u64 bytes", Kind.VECTOR_BYTES, DataType.UINT64, 12),
            new OutputColumn("bool bytes", Kind.VECTOR_BYTES, DataType.BOOL, 10));
    List<RegionOutput> outputs =
        List.of(
            new RegionOutput(new int[0], new double[] {0.25}),
            new RegionOutput(FLAT, new float[] {1, Float.NaN, -0.5f}),
            new RegionOutput(new int[] {2, 2}, new long[] {1, 2, 3, Long.MAX_VALUE}),
            new RegionOutput(new int[] {2}, new float[] {0.9f, 0.1f}),
            new RegionOutput(new int[] {2}, new int[] {1, 2}),
            new RegionOutput(new int[0], new int[] {1}),
            new RegionOutput(new int[] {1, 3}, new int[] {0, 7, 200}),
            new RegionOutput(FLAT, new byte[] {1, -1, 0}),
            new RegionOutput(FLAT, new short[] {1, -1, 0}),
            new RegionOutput(new int[0], new int[] {-1}),
            new RegionOutput(new int[] {2}, new boolean[] {true, false}),
            new RegionOutput(new int[] {1}, new double[] {-2}),
            new RegionOutput(new int[] {1}, new long[] {-1}));
    var problems = new ArrayList<String>();
    StructType schema = OutputSchema.of(MANIFEST, columns, "file:/", problems);
    var rows = new OutputRows(1, columns, List.of("cat", "dog"));
    List<Row> made =
        List.of(
            rows.ok(RowFactory.create("a"), 0, new byte[16], outputs),
            rows.failed(
                RowFactory.create("b"), 1, new byte[16], new Failure(Reason.CORRUPT, "broken")));

    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    spark
        .createDataFrame(context.parallelize(made, 1), schema)
        .write()
        .parquet(folder.resolve("out").toString());
    List<Row> read =
        spark.read().parquet(folder.resolve("out").toString()).orderBy("region_id").collectAsList();

    assertThat(problems).isEmpty();
    Row ok = read.get(0);
    assertThat(ok.<Double>getAs("scalar")).isEqualTo(0.25);
    assertThat(list(ok, "vector")).isEqualTo(List.of(1f, Float.NaN, -0.5f));
    Row tensor = ok.getAs("tensor");
    assertThat(tensor.getList(0)).isEqualTo(List.of(2, 2));
    assertThat(tensor.getList(1)).isEqualTo(List.of(1L, 2L, 3L, Long.MAX_VALUE));
    assertThat(list(ok, "top")).hasToString("[[1,dog,0.9], [2,null,0.1]]");
    assertThat(ok.<Integer>getAs("class")).isEqualTo(1);
    assertThat(ok.<String>getAs("label")).isEqualTo("dog");
    assertThat(ok.<byte[]>getAs("map")).containsExactly(0, 7, (byte) 200);
    assertThat(list(ok, "u8")).hasToString("[1, 255, 0]");
    assertThat(list(ok, "i8")).hasToString("[1, -1, 0]");
    assertThat(list(ok, "u16")).hasToString("[1, 65535, 0]");
    assertThat(list(ok, "i16")).hasToString("[1, -1, 0]");
    assertThat(ok.<Long>getAs("u32")).isEqualTo(4294967295L);
    assertThat(list(ok, "bool")).isEqualTo(List.of(true, false));
    assertThat(ok.<byte[]>getAs("f32 bytes"))
        .inHexadecimal()
        .isEqualTo(hex("0000803f0000c07f000000bf"));
    assertThat(ok.<byte[]>getAs("u8 bytes")).isEqualTo(hex("01ff00"));
    assertThat(ok.<byte[]>getAs("u16 bytes")).isEqualTo(hex("0100ffff0000"));
    assertThat(ok.<byte[]>getAs("f64 bytes")).isEqualTo(hex("00000000000000c0"));
    assertThat(ok.<byte[]>getAs("u64 bytes")).isEqualTo(hex("ff".repeat(8)));
    assertThat(ok.<byte[]>getAs("bool bytes")).isEqualTo(hex("0100"));
    assertThat(ok.<Row>getAs("i32 bytes").getList(0)).isEqualTo(List.of(1, 3));
    assertThat((byte[]) ok.<Row>getAs("i32 bytes").get(1))
        .isEqualTo(hex("0000000007000000c8000000"));
    assertThat((byte[]) ok.<Row>getAs("i64 bytes").get(1))
        .isEqualTo(hex("010000000000000002000000000000000300000000000000ffffffffffffff7f"));
    assertThat(schema.apply("u16 bytes").metadata().getString(OutputSchema.ELEMENTS))
        .isEqualTo("uint16");
    Row failed = read.get(1);
    assertThat(failed.<Row>getAs("failure")).hasToString("[decode,corrupt,broken]");
    assertThat(columns).allMatch(column -> failed.getAs(column.name()) == null);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static List<?> list(Row row, String column) {
    return row.getList(row.fieldIndex(column));
  }
}
