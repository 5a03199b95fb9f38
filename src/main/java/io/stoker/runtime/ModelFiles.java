package io.stoker.runtime;

import io.stoker.model.ModelException;
import io.stoker.model.ModelFile;
import io.stoker.storage.FileTree;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;

/** Reads models from storage. */
final class ModelFiles {
  /** TensorFlow cannot import a graph beyond protobuf's 2 GiB, weights included. */
  private static final long MAX_BYTES = Integer.MAX_VALUE;

  private ModelFiles() {}

  static ModelFile read(String location, Map<String, String> hadoop) throws ModelException {
    Map<String, byte[]> entries;
    try {
      entries = new FileTree(hadoop).read(location, MAX_BYTES);
    } catch (FileNotFoundException e) {
      throw new ModelException(
          "--model: there is no file or folder " + location + "; check the path", e);
    } catch (IOException e) {
      throw new ModelException("--model: " + location + " cannot be read: " + e, e);
    }
    if (entries.isEmpty()) {
      throw new ModelException("--model: the folder " + location + " is empty");
    }
    return new ModelFile(location, entries);
  }
}
