package io.stoker.example;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What covers the ground. The ordinal is the class's index in the network's output. */
public enum LandCover {
  WATER,
  FOREST,
  FIELD,
  TOWN,
  CLOUD;

  private static final List<LandCover> ALL = List.of(values());

  /** All classes, in the order of the network's output. */
  public static List<LandCover> all() {
    return ALL;
  }

  /** As {@code landcover.labels.txt} and the manifest's column {@code truth} spell it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The class of that label. */
  public static LandCover of(String label) {
    return ALL.stream()
        .filter(cover -> cover.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "land cover is \""
                        + label
                        + "\", expected one of "
                        + Arrays.toString(labels())));
  }

  private static String[] labels() {
    return ALL.stream().map(LandCover::label).toArray(String[]::new);
  }
}
