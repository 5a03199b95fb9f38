package io.stoker.spark;

import java.util.List;
import java.util.Locale;

/** The columns of a manifest that mean something to us. All others pass through. */
enum ContractColumn {
  URI("path", "image"),
  PAGE,
  X,
  Y,
  WIDTH,
  HEIGHT,
  IMAGE_WIDTH,
  IMAGE_HEIGHT,
  IMAGE_BYTES;

  /** A box is these together. */
  static final List<ContractColumn> BOX = List.of(X, Y, WIDTH, HEIGHT);

  private final List<String> aliases;

  ContractColumn(String... aliases) {
    this.aliases = List.of(aliases);
  }

  /** As manifests and flags write it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Names that serve where the column itself is missing. */
  List<String> aliases() {
    return aliases;
  }
}
