package io.stoker.spark;

/**
 * Where the rows go, as Parquet.
 *
 * @param folder a folder's URI on any Hadoop file system, or a path on the default one
 * @param mode what to do if something is there
 */
public record OutputOptions(String folder, Mode mode) {
  /** Into a folder that is missing or empty. */
  public static OutputOptions to(String folder) {
    return new OutputOptions(folder, Mode.ERROR);
  }

  /** In place of an earlier output, if there is one. */
  public static OutputOptions replacing(String folder) {
    return new OutputOptions(folder, Mode.OVERWRITE);
  }

  /** What to do if something is there. */
  public enum Mode {
    /** The folder must be missing or empty. */
    ERROR,
    /**
     * An earlier output of Stoker's is replaced, once the new one is proven: it is written beside
     * the old one, as {@code _NAME.stoker-ID}, and renamed. On an object store a rename is a copy
     * of every file, and readers may see the folder missing meanwhile.
     */
    OVERWRITE
  }
}
