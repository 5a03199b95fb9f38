package io.stoker.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.region.Box;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
@ExtendWith(SparkSessions.class)
final class ManifestReaderTest {
  private final SparkSession spark;
  private final Path folder;

  ManifestReaderTest(SparkSession spark, @TempDir Path folder) {
    this.spark = spark;
    this.folder = folder;
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "json", "parquet", "orc"})
  void everyFormatGivesTheSameRegionsAndTypes(String format) throws IOException {
    Path csv = Rows.boxes(folder.resolve("source.csv"), 8);
    Path files = folder.resolve("manifest");
    spark
        .read()
        .option("header", true)
        .option("inferSchema", true)
        .csv(csv.toString())
        .write()
        .option("header", true)
        .format(format)
        .save(files.toString());

    Manifest manifest = read(ManifestSource.files(files.toString()));

    assertThat(regions(manifest)).containsExactlyInAnyOrderElementsOf(regions(read(csv)));
    String number = format.equals("json") ? " bigint" : " int";
    assertThat(types(manifest))
        .containsExactlyInAnyOrder(
            "uri string",
            "x" + number,
            "y" + number,
            "width" + number,
            "height" + number,
            "site string");
    assertThat(manifest.base()).isEqualTo("file:" + files);
  }

  @Test
  void theFormatIsKnownByTheNameOrSaid() throws IOException {
    Path tabs = Rows.write(folder.resolve("m.TSV"), "uri\tname", "a,b.jpg\tx");
    assertThat(uris(read(tabs))).containsExactly("a,b.jpg");
    Path lines = Rows.write(folder.resolve("m.jsonl"), "{\"uri\": \"a.jpg\", \"n\": 1}");
    assertThat(uris(read(lines))).containsExactly("a.jpg");

    Path unknown = Rows.write(folder.resolve("manifest.txt"), "uri", "a.jpg");
    assertThat(problems(source(unknown))).singleElement().asString().contains("--manifest-format");
    assertThat(uris(read(source(unknown).format("CSV")))).containsExactly("a.jpg");
  }

  @ParameterizedTest
  @ValueSource(strings = {";", "\t", "|"})
  void otherSeparatorsThanCommasAreSeen(String separator) throws IOException {
    Path file =
        Rows.write(
            folder.resolve("m.csv"),
            String.join(separator, "uri", "x", "y", "width", "height", "price"),
            String.join(separator, "a,b.jpg", "1", "2", "3", "4", "1,5"));

    RegionFields fields = regions(read(file)).get(0);

    assertThat(fields.uri()).isEqualTo("a,b.jpg");
    assertThat(fields.box()).isEqualTo(new Box(1, 2, 3, 4));
  }

  @Test
  void whatIsNoSqlIsAnsweredBySparksOwnWords() throws IOException {
    Path file = Rows.write(folder.resolve("m.csv"), "uri", "a.jpg");

    assertThat(problems(source(file).where("uri is a failure please")))
        .singleElement()
        .asString()
        .contains("cannot be used: [PARSE_SYNTAX_ERROR]");
  }

  @Test
  void imagesAreNoManifest() throws IOException {
    Path photo = Rows.write(folder.resolve("photos/a.JPG"), "\u00ff\u00d8");

    assertThat(problems(source(photo)))
        .singleElement()
        .asString()
        .contains("a.JPG is an image, expected a table", "echo uri; find");
    assertThat(problems(ManifestSource.files(folder.resolve("photos").toString())))
        .singleElement()
        .asString()
        .contains("photos is a folder of images");
  }

  @Test
  void tablesAndViewsAreManifests() throws IOException {
    read(Rows.boxes(folder.resolve("m.csv"), 4)).rows().createOrReplaceTempView("a_manifest");

    Manifest manifest = read(ManifestSource.table("a_manifest").where("x >= 20"));

    assertThat(manifest.rows().count()).isEqualTo(2);
    assertThat(manifest.base()).isEqualTo("file:" + Path.of("").toAbsolutePath());
    assertThat(problems(ManifestSource.table("nowhere")))
        .singleElement()
        .asString()
        .contains("nowhere");
  }

  @Test
  void namesAreRemappedWhateverTheirCase() throws IOException {
    Path file =
        Rows.write(
            folder.resolve("m.csv"), "File,Left,TOP,w,h,Page,width,height", "a,1,2,3,4,5,600,700");

    Manifest manifest =
        read(
            source(file)
                .column("uri", "file")
                .column("x", "left")
                .column("y", "top")
                .column("width", "W")
                .column("height", "H")
                .column("image_width", "width")
                .column("image_height", "height"));

    RegionFields fields = regions(manifest).get(0);
    assertThat(fields.uri()).isEqualTo("a");
    assertThat(fields.page()).isEqualTo(5);
    assertThat(String.valueOf(fields.box())).isEqualTo("3x4+1+2");
    assertThat(fields.imageWidth()).isEqualTo(600);
    assertThat(fields.imageHeight()).isEqualTo(700);
    assertThat(types(manifest)).contains("File string", "w int", "width int").hasSize(8);
  }

  @Test
  void aUriStaysTextAndTakesItsAliases() throws IOException {
    assertThat(uris(read(Rows.write(folder.resolve("1.csv"), "Path", "007", "2024-01-02"))))
        .containsExactly("007", "2024-01-02");
    assertThat(uris(read(Rows.write(folder.resolve("2.json"), "{\"image\": 12}"))))
        .containsExactly("12");
    assertThat(uris(read(Rows.write(folder.resolve("3.csv"), "uri,path", "a,b"))))
        .containsExactly("a");
    assertThat(problems(source(Rows.write(folder.resolve("4.csv"), "path,image", "a,b"))))
        .singleElement()
        .asString()
        .contains("\"path\" and \"image\" could each be uri");
  }

  @Test
  void allProblemsAreListedAtOnce() {
    var schema =
        new StructType(
            new StructField[] {
              DataTypes.createStructField("uri", DataTypes.BinaryType, true),
              DataTypes.createStructField("x", DataTypes.IntegerType, true),
              DataTypes.createStructField("y", DataTypes.BooleanType, true),
              DataTypes.createStructField("page", DataTypes.DateType, true),
              DataTypes.createStructField("nothing", DataTypes.NullType, true),
              DataTypes.createStructField("Nothing", DataTypes.StringType, true)
            });
    var source =
        ManifestSource.rows(spark.createDataFrame(List.of(), schema))
            .where("no_such_column = 1")
            .column("widht", "w")
            .column("height", "h");

    List<String> problems = problems(source);

    assertThat(problems)
        .hasSize(9)
        .anyMatch(problem -> problem.contains("--where \"no_such_column = 1\""))
        .anyMatch(problem -> problem.contains("no contract column \"widht\""))
        .anyMatch(problem -> problem.contains("no column \"h\""))
        .anyMatch(problem -> problem.contains("\"uri\" is binary"))
        .anyMatch(problem -> problem.contains("\"y\" is boolean"))
        .anyMatch(problem -> problem.contains("\"page\" is date"))
        .anyMatch(problem -> problem.contains("has x, y but not width, height"))
        .anyMatch(problem -> problem.contains("\"nothing\" is void"))
        .anyMatch(problem -> problem.contains("several columns \"Nothing\""));
  }

  @Test
  void aManifestThatIsNotThereSaysSo() {
    assertThat(problems(ManifestSource.files(folder.resolve("no.csv").toString())))
        .singleElement()
        .asString()
        .contains("no.csv does not exist");
    assertThat(problems(ManifestSource.files("nosuchfs://host/m.csv")))
        .singleElement()
        .asString()
        .contains("nosuchfs");
  }

  @Test
  void noLineOfATextFileGetsLost() throws IOException {
    Path csv =
        Rows.write(
            folder.resolve("m.csv"),
            "uri,x,y,width,height",
            "good.jpg,0,0,5,5",
            "short.jpg,0",
            "word.jpg,0,0,five,5",
            "half.jpg,0,0,5.5,5",
            "zero.jpg,0,0,0,5",
            "huge.jpg,0,0,99999999999,5",
            "whole.jpg,,,,",
            ",0,0,5,5",
            "\"quoted \"\"a\"\", b.jpg\",0,0,5,5",
            "long.jpg,0,0,5,5,6,7");

    List<RegionFields> regions = regions(read(csv));

    assertThat(regions).hasSize(10);
    assertThat(details(regions))
        .containsExactly(
            "good.jpg ok",
            "short.jpg BAD_BOX: the row has no y, width, height; a box needs x, y, width and"
                + " height, a whole image none of them; the line does not parse: short.jpg,0",
            "word.jpg BAD_BOX: width is \"five\", expected a whole number from 1 to 2147483647",
            "half.jpg BAD_BOX: width is \"5.5\", expected a whole number from 1 to 2147483647",
            "zero.jpg BAD_BOX: width is \"0\", expected a whole number from 1 to 2147483647",
            "huge.jpg BAD_BOX: width is \"99999999999\", expected a whole number from 1 to"
                + " 2147483647",
            "whole.jpg ok",
            "null NULL_URI: the row has no uri",
            "quoted \"a\", b.jpg ok",
            "long.jpg ok");

    Path json =
        Rows.write(
            folder.resolve("m.json"),
            "{\"uri\": \"good.jpg\", \"page\": 1}",
            "{\"uri\": \"broken.jpg\", ",
            "{\"uri\": \"page.jpg\", \"page\": -1}");
    assertThat(details(regions(read(json))))
        .containsExactly(
            "good.jpg ok",
            "null NULL_URI: the row has no uri; the line does not parse: {\"uri\": \"broken.jpg\", ",
            "page.jpg BAD_PAGE: page is \"-1\", expected a whole number from 0 to 2147483647");
  }

  @ParameterizedTest
  @ValueSource(strings = {"site,uri\nthere,b.jpg", "uri\nb.jpg"}) // another order, fewer columns
  void filesOfAFolderMayNotMixUpTheirColumns(String other) throws IOException {
    Rows.write(folder.resolve("m/1.csv"), "uri,site", "a.jpg,here");
    Rows.write(folder.resolve("m/2.csv"), other.split("\n"));

    Manifest manifest = read(folder.resolve("m"));

    assertThatThrownBy(() -> Numbering.write(spark, manifest, folder.resolve("plan").toString()))
        .isInstanceOfSatisfying(StokerException.class, e -> assertThat(e.exitCode()).isEqualTo(3))
        .hasMessageContaining("CSV files with different headers")
        .hasMessageContaining(".csv; give all the same columns");
  }

  @Test
  void anEarlierOutputIsKnownByItsColumnsWhereverItWent() throws IOException {
    var problems = new ArrayList<String>();
    Manifest manifest = read(Rows.boxes(folder.resolve("m.csv"), 4));
    StructType output =
        OutputSchema.of(manifest.schema(), List.of(FakeEngine.SCORE), manifest.base(), problems);
    Path elsewhere = folder.resolve("elsewhere");
    spark
        .createDataFrame(List.of(), output)
        .withColumn("mine", lit(1))
        .where(col("status").equalTo("failed"))
        .write()
        .parquet(elsewhere.toString());

    Manifest again = read(ManifestSource.files(elsewhere.toString()).where("status = 'failed'"));

    assertThat(again.schema().fieldNames())
        .containsExactly("uri", "x", "y", "width", "height", "site", "mine");
    assertThat(again.base()).isEqualTo("file:" + folder);
    assertThat(problems).isEmpty();
  }

  @Test
  void anEarlierOutputIsKnownByItsRecordWhereSchemasKeepNoMarks() throws IOException {
    Path out = folder.resolve("out");
    Rows.write(
        out.resolve("part.json"),
        "{\"uri\": \"a\", \"region_id\": 1, \"region_key\": \"\", \"status\": \"failed\","
            + " \"failure\": \"\", \"score\": 2}");
    assertThat(read(out).schema().fieldNames()).containsExactly("score", "uri");

    Rows.write(
        out.resolve("_stoker/run.json"),
        "{\"outputColumns\": [\"score\"], \"manifest\": {\"base\": \"hdfs://h/photos\"}}");

    Manifest manifest = read(out);
    assertThat(manifest.schema().fieldNames()).containsExactly("uri");
    assertThat(manifest.base()).isEqualTo("hdfs://h/photos");
  }

  private Manifest read(Path file) {
    return read(source(file));
  }

  private Manifest read(ManifestSource source) {
    var problems = new ArrayList<String>();
    Manifest manifest = ManifestReader.read(spark, source, problems);
    assertThat(problems).isEmpty();
    return Objects.requireNonNull(manifest);
  }

  private List<String> problems(ManifestSource source) {
    var problems = new ArrayList<String>();
    assertThat(ManifestReader.read(spark, source, problems)).isNull();
    return problems;
  }

  private static ManifestSource source(Path file) {
    return ManifestSource.files(file.toString());
  }

  private static List<RegionFields> regions(Manifest manifest) {
    return manifest.rows().collectAsList().stream()
        .map(row -> RegionFields.read(row, manifest.columns(), manifest.malformed()))
        .toList();
  }

  private static List<String> uris(Manifest manifest) {
    return regions(manifest).stream().map(region -> String.valueOf(region.uri())).toList();
  }

  private static List<String> details(List<RegionFields> regions) {
    return regions.stream()
        .map(
            region ->
                region.uri()
                    + (region.failure() == null
                        ? " ok"
                        : " " + region.failure().reason() + ": " + region.failure().detail()))
        .toList();
  }

  private static List<String> types(Manifest manifest) {
    return java.util.Arrays.stream(manifest.schema().fields())
        .map(field -> field.name() + " " + field.dataType().catalogString())
        .toList();
  }
}
