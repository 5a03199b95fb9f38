package io.stoker;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * Who may import whom. A new edge is a decision: it changes the table here, with its reason.
 *
 * <p>Reads the compiled classes, so unused imports and constants that the compiler inlined are
 * invisible.
 */
final class ImportTableTest {
  private static final String ROOT = "io.stoker";

  /** Fewer classes than this, and the test looked at the wrong place. */
  private static final int CLASSES_AT_LEAST = 40;

  /** What every room may use beside the JDK. */
  private static final List<String> EVERYWHERE =
      List.of("org.jspecify.annotations", "com.google.errorprone.annotations");

  /** Parts of the JDK that only those may use who name them. */
  private static final List<String> NAMED_ONLY = List.of("java.awt", "javax.imageio");

  private static final List<String> LOGGING = List.of("org.slf4j");
  private static final List<String> NONE = List.of();

  /** A room: which rooms of ours, and which packages of others, its classes may use. */
  private record Room(Set<String> ours, List<String> outside) {}

  private static final Map<String, Room> TABLE =
      Map.ofEntries(
          room("region", ours(), NONE),
          // Threads' priorities are the operating system's.
          room("iterator", ours(), outside("com.sun.jna")),
          room("storage", ours(), outside("org.apache.hadoop")),
          room(
              "image",
              ours("region", "storage"),
              outside("java.awt", "javax.imageio", "com.twelvemonkeys")),
          // What a prediction is made of: RegionOutput.
          room("model", ours("region"), NONE),
          room(
              "tensorflow",
              // Boxes to decode, outputs and failures to return.
              ours("region", "model", "image"),
              outside("org.tensorflow", "org.bytedeco", "com.google.protobuf", "com.sun.jna")),
          room(
              "keras",
              ours("model"),
              // The protos only: no session, no native call.
              outside(
                  "org.tensorflow.proto",
                  "com.google.protobuf",
                  "io.jhdf",
                  "com.fasterxml.jackson")),
          room("pipeline", ours("region", "iterator", "storage", "image", "model"), NONE),
          room("plan", ours("region"), NONE),
          // Draws the example's scenes and map.
          room("example", ours(), outside("java.awt", "javax.imageio")),
          room(
              "runtime",
              ours(
                  "region",
                  "iterator",
                  "storage",
                  "image",
                  "model",
                  "tensorflow",
                  "keras",
                  "pipeline",
                  "plan"),
              NONE),
          room(
              "tiling",
              ours("region", "image", "storage"),
              // Mosaics and masks are written as images.
              outside("java.awt", "javax.imageio")),
          room(
              "inspection",
              ours("model", "tensorflow", "keras", "runtime"),
              // How much memory there is; what is found, as JSON.
              outside("com.sun.management", "com.fasterxml.jackson")),
          room(
              "spark",
              ours("region", "storage", "plan", "pipeline", "model", "runtime", "tiling"),
              // Hadoop: the output is committed, proven and renamed by us. Jackson: the run record.
              outside("org.apache.spark", "org.apache.hadoop", "com.fasterxml.jackson")),
          room(
              "bench",
              allBut("bench", "cli"),
              // How much of the machine a strategy takes.
              outside(
                  "org.apache.spark",
                  "org.apache.hadoop",
                  "com.fasterxml.jackson",
                  "com.sun.management")),
          room(
              "cli",
              allBut("cli"),
              // Spark: only to make the session that it hands to the spark room, and to show rows.
              // Hadoop: Ctrl-C must come before Spark's own hook.
              outside(
                  "picocli",
                  "me.tongfei.progressbar",
                  "org.apache.spark",
                  "org.apache.hadoop.util.ShutdownHookManager")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void everyDependencyIsInTheTable() {
    var wrong = new TreeSet<String>();
    for (var type : CLASSES) {
      for (var dependency : type.getDirectDependenciesFromSelf()) {
        problem(type.getPackageName(), target(dependency))
            .ifPresent(problem -> wrong.add(problem + ": " + dependency.getDescription()));
      }
    }

    System.out.println("import table: saw " + CLASSES.size() + " classes");
    assertThat(wrong).as(() -> wrong.stream().collect(joining("\n"))).isEmpty();
    assertThat(CLASSES).hasSizeGreaterThanOrEqualTo(CLASSES_AT_LEAST);
  }

  @Test
  void theTableRefusesWhatItShould() {
    assertThat(problem("io.stoker.region", "io.stoker.image.ImageDecoder")).isPresent();
    assertThat(problem("io.stoker.pipeline", "io.stoker.tensorflow.TfSession")).isPresent();
    assertThat(problem("io.stoker.pipeline", "org.tensorflow.Graph")).isPresent();
    assertThat(problem("io.stoker.keras", "org.tensorflow.Graph")).isPresent();
    assertThat(problem("io.stoker.bench", "io.stoker.cli.Main")).isPresent();
    assertThat(problem("io.stoker.model", "java.awt.image.BufferedImage")).isPresent();
    assertThat(problem("io.stoker.spark", "scala.collection.Seq")).isPresent();
    assertThat(problem("io.stoker.util", "java.lang.String")).isPresent();
    assertThat(problem("io.stoker", "java.lang.String")).isPresent();

    assertThat(problem("io.stoker.keras", "org.tensorflow.proto.GraphDef")).isEmpty();
    assertThat(problem("io.stoker.image", "java.awt.image.Raster")).isEmpty();
    assertThat(problem("io.stoker.image.jpeg", "io.stoker.image.ImageDecoder")).isEmpty();
    assertThat(problem("io.stoker.cli", "io.stoker.bench.Strategy")).isEmpty();
  }

  /** So that one jar serves the Sparks of every Scala version. */
  @Test
  void noClassDependsOnScala() {
    assertThat(
            CLASSES.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(dependency -> within("scala", target(dependency)))
                .map(Dependency::getDescription))
        .isEmpty();
  }

  @Test
  void everyPackageIsNullMarked() {
    var unmarked =
        CLASSES.stream()
            .map(JavaClass::getPackage)
            .filter(room -> !room.isAnnotatedWith(NullMarked.class))
            .map(room -> room.getName() + " has no package-info.java with @NullMarked")
            .collect(toCollection(TreeSet::new));
    assertThat(unmarked).isEmpty();
  }

  /** Why a class in the package may not use the target, or nothing if it may. */
  private static Optional<String> problem(String from, String target) {
    var name = roomOf(from);
    var room = TABLE.get(name);
    if (room == null) {
      return Optional.of(from + " is in no room of the table");
    }
    if (within(ROOT, target)) {
      var other = roomOf(target);
      return other.equals(name) || room.ours.contains(other)
          ? Optional.empty()
          : Optional.of(name + " may not import " + other);
    }
    var allowed = new ArrayList<>(room.outside);
    allowed.addAll(EVERYWHERE);
    allowed.addAll(LOGGING);
    boolean jdk =
        (within("java", target) || within("javax", target))
            && NAMED_ONLY.stream().noneMatch(part -> within(part, target));
    return jdk || allowed.stream().anyMatch(part -> within(part, target))
        ? Optional.empty()
        : Optional.of(name + " may not use " + target);
  }

  /** The class that a dependency means: of an array its elements', a primitive as java.lang. */
  private static String target(Dependency dependency) {
    var type = dependency.getTargetClass().getBaseComponentType();
    return type.isPrimitive() ? "java.lang." + type.getName() : type.getName();
  }

  private static boolean within(String prefix, String name) {
    return name.equals(prefix) || name.startsWith(prefix + ".");
  }

  private static String roomOf(String name) {
    var parts = name.split("\\.", -1);
    return parts.length > 2 ? parts[2] : "";
  }

  private static Map.Entry<String, Room> room(String name, Set<String> ours, List<String> outside) {
    return Map.entry(name, new Room(ours, outside));
  }

  private static Set<String> ours(String... rooms) {
    return Set.of(rooms);
  }

  private static List<String> outside(String... packages) {
    return List.of(packages);
  }

  private static Set<String> allBut(String... rooms) {
    var all =
        Stream.of(
                "region",
                "iterator",
                "storage",
                "image",
                "model",
                "tensorflow",
                "keras",
                "pipeline",
                "plan",
                "example",
                "runtime",
                "tiling",
                "inspection",
                "spark",
                "bench",
                "cli")
            .collect(toCollection(TreeSet::new));
    all.removeAll(Set.of(rooms));
    return Set.copyOf(all);
  }
}
