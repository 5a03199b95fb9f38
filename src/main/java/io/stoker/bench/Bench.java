package io.stoker.bench;

import io.stoker.image.ImageDecoder;
import io.stoker.model.ModelException;
import io.stoker.region.Region;
import io.stoker.region.RegionResult;
import io.stoker.runtime.CheckedJob;
import io.stoker.runtime.PredictSpec;
import io.stoker.runtime.Preparation;
import io.stoker.runtime.PreparedJob;
import io.stoker.runtime.RefusedException;
import io.stoker.runtime.Runtimes;
import io.stoker.runtime.Threads;
import io.stoker.spark.ManifestRegions;
import io.stoker.tensorflow.TensorFlowDecoder;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Runs strategies over the same regions in turns, so that whatever the machine does meanwhile hits
 * all of them, and compares what they answered.
 */
public final class Bench {
  /** The two walls: nothing decodes faster, nothing predicts faster. */
  public static final List<String> CEILINGS = List.of("decode", "device");

  private static final List<String> SLOW = List.of("feed", "generator");

  /** What this project does. */
  public static final List<String> OURS = List.of("stoker", "spark", "spark-vectors");

  /** All, in the order of the report. */
  public static final List<String> STRATEGIES =
      List.of(
          "decode", "device", "feed", "generator", "tfdata", "stoker", "spark", "spark-vectors");

  /**
   * Says what is wrong with a strategy's name.
   *
   * @return null if it is one
   */
  public static @Nullable String problem(String strategy) {
    try {
      Variant.parse(strategy);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  private final SparkSession spark;
  private final BenchSpec spec;
  private final Path scratch;
  private final Consumer<String> log;

  /**
   * @param scratch an empty folder, the caller's to delete
   * @param log gets a line now and then
   */
  public Bench(SparkSession spark, BenchSpec spec, Path scratch, Consumer<String> log) {
    this.spark = spark;
    this.spec = spec;
    this.scratch = scratch;
    this.log = log;
  }

  /**
   * Measures. Takes minutes.
   *
   * @throws RefusedException if manifest, model and flags do not fit together
   * @throws IllegalStateException if strategies do not answer alike: their rates mean nothing then
   */
  public BenchReport run() throws Exception {
    Workload work = workload();
    var strategies = new LinkedHashMap<String, Strategy>();
    Runtimes.keepSeveral(true); // or each would load its model anew, within its time
    try (ImageDecoder decoder = TensorFlowDecoder.open()) {
      try {
        for (String name : inOrder(spec.strategies())) {
          strategies.put(name, strategy(Variant.parse(name), work, decoder));
        }
        warmUp(strategies);
        return report(work, strategies, measure(work, strategies));
      } finally {
        for (Strategy strategy : strategies.values()) {
          strategy.close();
        }
      }
    } finally {
      Runtimes.keepSeveral(false);
      Runtimes.release();
    }
  }

  // ---- what is to be done

  private Workload workload() throws Exception {
    String plan = scratch.resolve("plan").toUri().toString();
    ManifestRegions manifest = ManifestRegions.read(spark, spec.manifest(), plan, spec.regions());
    var asked = spec.spec().resources();
    boolean gpu = asked.device() == PredictSpec.Device.GPU;
    Threads threads = Threads.of(asked, manifest.resources().cores(), gpu);
    CheckedJob checked =
        Preparation.check(spec.spec(), manifest.resources().cores(), manifest.resources().hadoop());
    PreparedJob job = checked.prepare(manifest.shapes());
    if (job.filling() != PreparedJob.Filling.COPY && job.filling() != PreparedJob.Filling.RESIZE) {
      throw new RefusedException(
          List.of("--preprocess cannot be measured: the other strategies would not run it"));
    }
    int batch = job.batch(gpu);
    var all =
        new Workload(
            manifest.regions(),
            job,
            checked.floatFed(manifest.shapes()),
            batch,
            threads,
            manifest.resources());
    return good(all);
  }

  /** Without regions that fail, at which the other strategies would break. */
  private Workload good(Workload all) throws Exception {
    log.accept(
        String.format("%,d regions of the manifest: predicting them once", all.regions().size()));
    var failed = new ArrayList<RegionResult.Failed>();
    try (var first = new StokerPipeline(all)) {
      first.pass(new Answers(all.regions().size()));
      failed.addAll(first.failed());
    }
    if (failed.isEmpty()) {
      return all;
    }
    log.accept(
        String.format(
            "%,d regions left out, since they fail (%s)",
            failed.size(), failed.get(0).failure().detail()));
    Set<Long> ids = failed.stream().map(result -> result.region().id()).collect(Collectors.toSet());
    var regions = new ArrayList<Region>();
    for (Region region : all.regions()) {
      if (!ids.contains(region.id())) {
        regions.add(new Region(regions.size(), region.uri(), region.page(), region.box()));
      }
    }
    if (regions.isEmpty()) {
      throw new RefusedException(List.of("all regions fail; nothing can be measured"));
    }
    return new Workload(
        List.copyOf(regions),
        all.job(),
        all.floatFed(),
        all.batch(),
        all.threads(),
        all.resources());
  }

  /** As the report has them, each once. */
  private static List<String> inOrder(List<String> names) {
    return names.stream()
        .distinct()
        .sorted(Comparator.comparing(name -> STRATEGIES.indexOf(Variant.parse(name).strategy())))
        .toList();
  }

  private Strategy strategy(Variant variant, Workload all, ImageDecoder decoder)
      throws ModelException {
    String name = variant.strategy();
    Workload work = SLOW.contains(name) ? all.first(spec.slowRegions()) : variant.of(all);
    return switch (name) {
      case "decode" -> new DecodeCeiling(work, decoder);
      case "device" -> new DeviceCeiling(work);
      case "feed" -> new Feed(work, decoder);
      case "generator" -> new Generator(work, decoder);
      case "tfdata" -> new TfData(work);
      case "stoker" -> new StokerPipeline(work);
      case "spark" -> new WholeJob(spark, work, spec.spec(), scratch, name);
      case "spark-vectors" -> new WholeJob(spark, work, spec.vectors(), scratch, name);
      default -> throw new IllegalArgumentException(name);
    };
  }

  // ---- measuring

  /** Once each, untimed: code is compiled, files are in the page cache. Compares the answers. */
  private static void warmUp(Map<String, Strategy> strategies) throws Exception {
    var answered = new ArrayList<Answered>();
    for (Map.Entry<String, Strategy> entry : strategies.entrySet()) {
      var answers = new Answers(entry.getValue().regions());
      entry.getValue().pass(answers);
      if (entry.getValue().answersRegions()) {
        answered.add(new Answered(entry.getKey(), answers));
      }
    }
    if (answered.isEmpty()) {
      return;
    }
    Answered whole =
        Collections.max(answered, Comparator.comparingInt(one -> one.answers().regions()));
    for (Answered one : answered) {
      String difference = one.answers().difference(whole.answers());
      if (difference != null) {
        throw new IllegalStateException(
            one.by() + " does not answer as " + whole.by() + " does: " + difference);
      }
    }
  }

  private record Answered(String by, Answers answers) {}

  private record Measured(Strategy.Pass pass, Usage.Used used) {}

  private Map<String, List<Measured>> measure(Workload work, Map<String, Strategy> strategies)
      throws Exception {
    var measured = new LinkedHashMap<String, List<Measured>>();
    for (int round = 1; round <= spec.rounds(); round++) {
      for (Map.Entry<String, Strategy> entry : strategies.entrySet()) {
        System.gc(); // nobody pays for another's garbage
        Usage usage = Usage.begin();
        Strategy.Pass pass = entry.getValue().pass(new Answers(entry.getValue().regions()));
        measured
            .computeIfAbsent(entry.getKey(), name -> new ArrayList<>())
            .add(new Measured(pass, usage.end(work.resources().cores())));
        log.accept(
            String.format(
                "round %d of %d: %s, %,.0f images/s, %.1f s%s",
                round,
                spec.rounds(),
                entry.getKey(),
                pass.imagesPerSecond(),
                usage.seconds(),
                pass.note()));
      }
    }
    return measured;
  }

  // ---- reporting

  private BenchReport report(
      Workload work, Map<String, Strategy> strategies, Map<String, List<Measured>> measured) {
    var rates = new LinkedHashMap<String, Double>();
    measured.forEach(
        (name, passes) ->
            rates.put(
                name, median(passes.stream().map(one -> one.pass().imagesPerSecond()).toList())));
    Double ceiling = ceiling(rates);
    var rows = new ArrayList<BenchReport.Row>();
    measured.forEach(
        (name, passes) -> rows.add(row(name, regions(strategies, name), passes, rates, ceiling)));
    return new BenchReport(
        Instant.now().truncatedTo(ChronoUnit.MINUTES).toString(),
        device(work, strategies),
        work.isSimulated(),
        work.resources().cores(),
        work.threads().decode(),
        work.regions().size(),
        Workload.images(work.regions()).size(),
        work.batch(),
        slot(work),
        spec.rounds(),
        new TreeMap<>(
            Map.of(
                "java", System.getProperty("java.version"),
                "tensorflow", Preparation.tensorFlowVersion(),
                "spark", spark.version())),
        List.copyOf(rows));
  }

  private static String device(Workload work, Map<String, Strategy> strategies) {
    if (strategies.get("device") instanceof DeviceCeiling ceiling) {
      return ceiling.device();
    }
    return work.isSimulated()
        ? "simulated (" + work.asked().simulatedMillis() + " ms a batch)"
        : work.asked().device().toString();
  }

  private static String slot(Workload work) {
    var slot = work.job().slot();
    return slot.height() + "x" + slot.width() + "x" + slot.channels() + " " + slot.type();
  }

  private static int regions(Map<String, Strategy> strategies, String name) {
    Strategy strategy = strategies.get(name);
    return strategy == null ? 0 : strategy.regions();
  }

  private static BenchReport.Row row(
      String name,
      int regions,
      List<Measured> passes,
      Map<String, Double> rates,
      @Nullable Double ceiling) {
    double rate = rates.getOrDefault(name, Double.NaN);
    double busy = median(passes.stream().map(one -> 100 * one.pass().busy()).toList());
    boolean known = !Double.isNaN(busy);
    Double feed = rates.get("feed");
    return new BenchReport.Row(
        name,
        regions,
        rate,
        passes.stream().map(one -> one.pass().imagesPerSecond()).toList(),
        known ? busy : null,
        known ? 100 - busy : null,
        median(passes.stream().map(one -> 100 * one.used().cpu()).toList()),
        passes.stream().mapToLong(one -> one.used().peakMib()).max().orElse(0),
        feed == null ? null : rate / feed,
        ceiling == null ? null : rate / ceiling);
  }

  private static @Nullable Double ceiling(Map<String, Double> rates) {
    Double decode = rates.get("decode");
    Double device = rates.get("device");
    return decode == null || device == null ? null : Math.min(decode, device);
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
