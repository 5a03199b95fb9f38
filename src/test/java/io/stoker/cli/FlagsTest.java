package io.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.model.ChannelOrder;
import io.stoker.model.Normalization;
import io.stoker.model.Tail;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.PredictSpec.BoxOutside;
import io.stoker.runtime.PredictSpec.Device;
import io.stoker.runtime.PredictSpec.Failures;
import io.stoker.runtime.Size;
import io.stoker.spark.OutputOptions;
import io.stoker.spark.OutputOptions.Mode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FlagsTest {
  private static final List<String> NEEDED =
      List.of("predict", "--manifest", "m.csv", "--model", "f.pb", "--output", "out");

  private final RecordingBackend backend = new RecordingBackend();

  @Test
  void defaultsAreThoseOfTheJavaApi() {
    assertThat(run()).isEmpty();

    PredictJob job = backend.job();
    assertThat(job.spec()).isEqualTo(PredictSpec.model("f.pb").build());
    assertThat(job.output()).isEqualTo(new OutputOptions("out", Mode.ERROR));
  }

  @Test
  void everyFlagReachesTheSpec() {
    assertThat(
            run(
                "--signature=s",
                "--input=i",
                "--fetch=a",
                "--fetch=b:1",
                "--feed=keep_prob=1",
                "--feed=scale=[0.5, 1]",
                "--trust-model",
                "--input-size=224x320",
                "--normalize=torch",
                "--channels=bgr",
                "--box-outside=pad",
                "--softmax",
                "--top-k=5",
                "--labels=names.txt",
                "--batch=32",
                "--decode-threads=3",
                "--fetch-ahead=9",
                "--in-flight=2",
                "--memory=2g",
                "--device=cpu",
                "--deterministic",
                "--precision=bfloat16",
                "--xla",
                "--max-failures=200",
                "--allow-uri=s3a://a/",
                "--allow-uri=s3a://b/",
                "--vectors=binary",
                "--mode=overwrite"))
        .isEmpty();

    PredictSpec spec = backend.job().spec();
    assertThat(spec)
        .isEqualTo(
            PredictSpec.model("f.pb")
                .signature("s")
                .input("i")
                .fetch("a")
                .fetch("b:1")
                .feed("keep_prob", "1")
                .feed("scale", "[0.5, 1]")
                .trustModel(true)
                .vectors(PredictSpec.Vectors.BINARY)
                .labelsFile("names.txt")
                .inputSize(new Size(224, 320))
                .normalize(Normalization.TORCH)
                .channels(ChannelOrder.BGR)
                .boxOutside(BoxOutside.PAD)
                .softmax(true)
                .topK(5)
                .batch(32)
                .decodeThreads(3)
                .fetchAhead(9)
                .inFlight(2)
                .memoryBytes(2L << 30)
                .device(Device.CPU)
                .deterministic(true)
                .precision(PredictSpec.Precision.BFLOAT16)
                .xla(true)
                .maxFailures(new Failures(200, false))
                .allowedUris(List.of("s3a://a/", "s3a://b/"))
                .build());
    assertThat(backend.job().output().mode()).isEqualTo(Mode.OVERWRITE);
  }

  @Test
  void flagsOfOneGroupMayStandApart() {
    assertThat(run("--fetch=a", "--batch=2", "--fetch=b", "--in-flight=3", "--softmax", "--argmax"))
        .isEmpty();

    PredictSpec spec = backend.job().spec();
    assertThat(spec.request().fetches()).containsExactly("a", "b");
    assertThat(spec.tail()).isEqualTo(new Tail(true, Tail.Reduction.ARGMAX, 0));
    assertThat(spec.resources().batch()).isEqualTo(2);
    assertThat(spec.resources().inFlight()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--fetch=a",
        "--preprocess=a.B",
        "--preprocess=a.B --box-outside=clamp",
        "--argmax --labels=l",
        "--top-k=3 --labels=l",
        "--normalize=minus-one-one --channels=gray",
        "--memory=512m --max-failures=100%"
      })
  void goodCombinationsPass(String flags) {
    assertThat(run(flags.split(" "))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      textBlock =
          """
          --batch=0 => --batch: "0", expected a whole number from 1 to 2147483647
          --batch=x => --batch: "x", expected a whole number
          --decode-threads=-1 => --decode-threads: "-1", expected a whole number
          --fetch-ahead=1.5 => --fetch-ahead: "1.5", expected a whole number
          --in-flight=99999999999 => --in-flight: "99999999999", expected a whole number
          --top-k=0 => --top-k: "0", expected a whole number
          --memory=8 => --memory: "8" is no amount of memory, expected a number and its unit such as 512m or 8g
          --memory=9999999999t => "9999999999t" is no amount of memory
          --input-size=big => --input-size: "big" is no size, expected HEIGHTxWIDTH such as 224x320
          --input-size=0x5 => --input-size: size is 0x5, expected 1x1 or more
          --normalize=imagenet => --normalize: "imagenet", expected none, unit, minus-one-one or tf, caffe, torch, or MEAN/STD
          --normalize=1,2/3 => "1,2/3", expected none
          --normalize=1/0 => "1/0", expected none
          --normalize=NaN/1 => "NaN/1", expected none
          --channels=hsv => --channels: "hsv", expected one of rgb, bgr, gray
          --box-outside=crop => --box-outside: "crop", expected one of fail, clamp, pad
          --device=tpu => --device: "tpu", expected auto, cpu, gpu, or simulated:MS
          --device=simulated:0 => --device: "simulated:0", expected auto, cpu, gpu, or simulated:MS
          --precision=half => --precision: "half", expected one of float32, tf32, float16, bfloat16
          --device=cpu --precision=float16 => --precision float16 needs a GPU; with --device cpu take bfloat16 or float32
          --device=gpu --precision=bfloat16 => --precision bfloat16 needs a CPU; with --device gpu take float16
          --gpu-memory-fraction=0 => --gpu-memory-fraction: "0", expected a number above 0 and up to 1, such as 0.5
          --gpu-memory-fraction=half => --gpu-memory-fraction: "half", expected a number above 0
          --device=simulated:5 --verify-parity=9 => --verify-parity compares a model's answers; a simulated device has none
          --mode=append => --mode: "append", expected one of error, overwrite
          --manifest-format=xlsx => --manifest-format: "xlsx", expected one of csv, json, parquet, orc
          --max-failures=105% => --max-failures: "105%" is no failure limit, expected a count such as 200 or a share such as 5%
          --feed=keep_prob => --feed: "keep_prob", expected NAME=VALUE
          --column=uri => --column: "uri", expected NAME=COLUMN
          --column=foo=bar => --column foo=...: the contract has no column foo, expected one of uri, page
          --batch --decode-threads=2 => --batch has no value, expected N
          --fetch= => --fetch is empty, expected NAME
          --preprocess= => --preprocess is empty, expected CLASS
          --top-k => --top-k has no value, expected K
          --normalize=caffe --channels=rgb => --normalize caffe implies bgr and excludes --channels; leave --channels out
          --normalize=caffe --channels=bgr => --normalize caffe implies bgr and excludes --channels
          --argmax --top-k=5 => --argmax and --top-k exclude each other; give one of them
          --labels=l.txt => --labels names classes and needs --argmax or --top-k K; add one of them
          --manifest-table=t => --manifest and --manifest-table exclude each other; give one of them
          --preprocess=a.B --normalize=unit => --normalize has no effect with --preprocess
          --preprocess=a.B --channels=bgr => --channels has no effect with --preprocess
          --preprocess=a.B --input-size=2 => --input-size has no effect with --preprocess
          --bacth=4 => there is no flag --bacth; did you mean --batch
          stray => "stray" is not expected here
          --nonsense => there is no flag --nonsense
          --fetsh=a => there is no flag --fetsh; did you mean --fetch
          --batch=1 --batch=2 => --batch is given several times, expected once
          """)
  void eachMistakeIsNamedWithWhatIsExpected(String flags, String message) {
    String said = run(flags.split(" "));

    assertThat(said).contains(message).contains("See stoker predict --help.");
    assertThat(said.lines().filter(line -> line.startsWith("  - "))).hasSize(1);
    assertThat(backend.jobs).isEmpty();
  }

  @Test
  void eachUnknownFlagIsNamedButNotWhatFollowsIt() {
    assertThat(
            run("--normalise", "torch", "more", "--top=1").lines().filter(l -> l.startsWith("  ")))
        .hasSize(3)
        .anyMatch(line -> line.contains("there is no flag --normalise; did you mean --normalize?"))
        .anyMatch(line -> line.contains("\"more\" is not expected here"))
        .anyMatch(line -> line.contains("there is no flag --top; did you mean --top-k"));
  }

  @Test
  void aGpuNeedsTheBuildForIt() {
    assertThat(run("--device=gpu")).isEmpty();
    System.setProperty("stoker.natives", "cpu");
    try {
      assertThat(run("--device=auto")).isEmpty();
      assertThat(run("--device=gpu"))
          .contains("--device gpu needs TensorFlow's CUDA build")
          .contains("STOKER_NATIVES=gpu submit/stoker");
    } finally {
      System.clearProperty("stoker.natives");
    }
  }

  @Test
  void allMistakesAreToldAtOnce() {
    var out = new Console();

    Ending ending =
        out.run(backend, "predict", "--batch=0", "--top-k=x", "--labels=l", "--nonsense", "--mode");

    assertThat(ending.code()).isEqualTo(2);
    assertThat(out.err())
        .contains("mistakes in the flags")
        .contains("--batch: \"0\"")
        .contains("--top-k: \"x\"")
        .contains("--nonsense")
        .contains("--mode has no value, expected error|overwrite")
        .contains("--manifest is missing")
        .contains("--model is missing")
        .contains("--output is missing")
        .doesNotContain("--labels names"); // --top-k was there, only its value was bad
  }

  @Test
  void aBenchmarkTakesTheExampleOrWhatItIsGiven() {
    var out = new Console();
    assertThat(out.run(backend, "bench", "--strategies=feed,stoker", "--rounds=3").code()).isZero();
    assertThat(backend.shown)
        .singleElement()
        .isInstanceOfSatisfying(
            BenchJob.class,
            job -> {
              assertThat(job.given()).isNull();
              assertThat(job.strategies()).containsExactly("feed", "stoker");
              assertThat(job.rounds()).isEqualTo(3);
            });

    out = new Console();
    assertThat(
            out.run(backend, "bench", "--manifest=m.csv", "--strategies=fed", "--rounds=0").code())
        .isEqualTo(2);
    assertThat(out.err())
        .contains("--model is missing")
        .contains("--strategies: \"fed\", expected some of decode, device, feed")
        .contains("--rounds: \"0\"");
  }

  @Test
  void aMissingOrUnknownCommandIsAnswered() {
    var out = new Console();
    assertThat(out.run(backend).code()).isEqualTo(2);
    assertThat(out.err())
        .contains(
            "a command is missing, expected one of predict, show, inspect, doctor, bench, example");

    out = new Console();
    assertThat(out.run(backend, "predcit", "--help").code()).isEqualTo(2);
    assertThat(out.err()).contains("\"predcit\" is not expected here; did you mean predict");

    out = new Console();
    assertThat(out.run(backend, "forecast").code()).isEqualTo(2);
    assertThat(out.err())
        .contains("\"forecast\" is not expected here")
        .contains("expected one of predict, show, inspect, doctor, bench, example");
  }

  private String run(String... flags) {
    var arguments = new ArrayList<>(NEEDED);
    arguments.addAll(List.of(flags));
    var out = new Console();
    Ending ending = out.run(backend, arguments.toArray(String[]::new));
    assertThat(ending.code()).isEqualTo(out.err().isEmpty() ? 0 : 2);
    return out.err();
  }

  @Test
  void showTakesWhatItShows() {
    var out = new Console();
    assertThat(
            out.run(backend, "show", "--output=out", "--where=x > 1", "--limit=7", "--json").code())
        .isZero();
    assertThat(out.run(backend, "show", "--output=out").code()).isZero();
    assertThat(backend.shown)
        .containsExactly(new ShowJob("out", "x > 1", 7, true), new ShowJob("out", null, 20, false));

    assertThat(out.run(backend, "show", "--limit=0").code()).isEqualTo(2);
    assertThat(out.err()).contains("--output is missing").contains("--limit");
  }
}
