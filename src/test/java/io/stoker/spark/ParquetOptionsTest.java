package io.stoker.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.runtime.PredictSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@ExtendWith(SparkSessions.class)
final class ParquetOptionsTest {
  @Test
  void scoresHaveNoDictionaryAndEverythingElseMay(SparkSession spark, @TempDir Path folder)
      throws IOException {
    Path out = folder.resolve("out");
    new WritingRun(
            spark,
            new FakeEngine(),
            ManifestSource.files(Rows.boxes(folder.resolve("m.csv"), 300).toString()),
            PredictSpec.model("model.pb").build(),
            new OutputOptions(out.toString(), OutputOptions.Mode.ERROR),
            new Progress())
        .run();

    Map<String, Boolean> dictionaries = dictionaries(ParquetFiles.parquet(out).get(0));
    assertThat(dictionaries).containsEntry("score.list.element", false);
    assertThat(dictionaries).containsEntry("status", true).containsEntry("uri", true);
  }

  private static Map<String, Boolean> dictionaries(Path file) throws IOException {
    var input =
        HadoopInputFile.fromPath(
            new org.apache.hadoop.fs.Path(file.toUri()), new Configuration(false));
    var dictionaries = new TreeMap<String, Boolean>();
    try (var reader = ParquetFileReader.open(input)) {
      for (ColumnChunkMetaData column : reader.getFooter().getBlocks().get(0).getColumns()) {
        boolean has = column.getEncodings().stream().anyMatch(Encoding::usesDictionary);
        dictionaries.put(column.getPath().toDotString(), has);
      }
    }
    return dictionaries;
  }
}
