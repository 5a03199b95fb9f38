package io.stoker.tensorflow;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.TextFormat;
import io.stoker.model.ModelException;
import io.stoker.model.ModelFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.SavedModel;

/**
 * From a model's bytes to its messages. What a file is, is told by its content; what it is not, is
 * said so that a user knows what to do next.
 */
final class ModelParser {
  /** Messages within messages. Shapes in attributes in nodes are 8 deep; more is an attack. */
  private static final int MAX_NESTING = 100;

  /** How much of a file is looked at to tell what it is. */
  private static final int PREFIX_BYTES = 4096;

  private static final Pattern NODE_IN_TEXT = Pattern.compile("(?m)^\\s*node\\s*:?\\s*\\{");

  private ModelParser() {}

  /**
   * Recognises and parses.
   *
   * @throws ModelException if it is no model, or one that Stoker does not take
   */
  static ModelContent parse(ModelFile file) throws ModelException {
    byte[] single = file.entries().get("");
    return single == null ? parseFolder(file.entries()) : parseFile(single);
  }

  private static ModelContent parseFile(byte[] bytes) throws ModelException {
    refuseForeign("the file", bytes);
    if (bytes.length > 3 && bytes[0] == 8 && bytes[1] == 1 && bytes[2] == 18) {
      throw new ModelException(
          "this is a SavedModel's saved_model.pb alone; give the folder that holds it, with"
              + " variables/ and assets/ beside it");
    }
    GraphDef graph =
        isText(bytes) && NODE_IN_TEXT.matcher(prefix(bytes)).find()
            ? parseText("the file", bytes, GraphDef.newBuilder()).build()
            : parseBinary("the file", bytes, GraphDef.parser(), "GraphDef");
    if (graph.getNodeCount() == 0) {
      throw new ModelException(
          "there is no node in it: it is no TensorFlow GraphDef, or an empty one. Give a frozen"
              + " graph (.pb) or a SavedModel's folder");
    }
    return new ModelContent.Graph(graph);
  }

  private static ModelContent parseFolder(Map<String, byte[]> entries) throws ModelException {
    byte[] binary = entries.get("saved_model.pb");
    byte[] text = entries.get("saved_model.pbtxt");
    SavedModel model;
    if (binary != null) {
      refuseForeign("saved_model.pb", binary);
      model = parseBinary("saved_model.pb", binary, SavedModel.parser(), "SavedModel");
    } else if (text != null) {
      refuseForeign("saved_model.pbtxt", text);
      model = parseText("saved_model.pbtxt", text, SavedModel.newBuilder()).build();
    } else {
      throw new ModelException(noSavedModel(entries));
    }
    if (model.getMetaGraphsCount() == 0) {
      throw new ModelException(
          "saved_model.pb holds no graph: it is no SavedModel, or an empty one");
    }
    return new ModelContent.Saved(model);
  }

  private static String noSavedModel(Map<String, byte[]> entries) {
    if (entries.isEmpty()) {
      return "the folder is empty; expected a SavedModel (saved_model.pb, variables/) or give a"
          + " frozen graph (.pb) itself";
    }
    var versions = new TreeSet<String>();
    var graphs = new ArrayList<String>();
    for (String path : new TreeSet<>(entries.keySet())) {
      if (path.endsWith("/saved_model.pb")) {
        versions.add(path.substring(0, path.length() - "/saved_model.pb".length()));
      } else if (path.endsWith(".pb")) {
        graphs.add(path);
      }
    }
    if (!versions.isEmpty()) {
      return "the folder holds no saved_model.pb itself but folders that do: give one of "
          + Names.some(versions);
    }
    if (entries.containsKey("config.json") || entries.containsKey("keras_metadata.pb")) {
      return keras("the folder");
    }
    if (!graphs.isEmpty()) {
      return "the folder holds no saved_model.pb; for a frozen graph give the file itself: "
          + Names.some(graphs);
    }
    return "the folder holds no saved_model.pb, so it is no SavedModel; it holds "
        + Names.some(new TreeSet<>(entries.keySet()));
  }

  /** Refuses what is plainly something else, or only stands for the file. */
  static void refuseForeign(String name, byte[] bytes) throws ModelException {
    String problem = foreign(name, bytes);
    if (problem != null) {
      throw new ModelException(problem);
    }
  }

  private static @Nullable String foreign(String name, byte[] bytes) {
    if (bytes.length == 0) {
      return name + " is empty (0 bytes); copy or download the model again";
    }
    String prefix = prefix(bytes);
    if (prefix.startsWith("version https://git-lfs.github.com/spec/")) {
      return name
          + " is a Git LFS pointer, not the model itself: run `git lfs pull` in the repository it"
          + " comes from, then copy the real file";
    }
    if (isHdf5(bytes)) {
      return keras(name + " is an HDF5 file (.h5)");
    }
    if (prefix.startsWith("PK\3\4") || prefix.startsWith("PK\5\6")) {
      return keras(name + " is a zip archive (.keras)")
          + ". If it is another zipped model, unpack it first";
    }
    if (prefix.startsWith("\u001f\u008b")) {
      return name + " is compressed with gzip; unpack it first (gunzip, tar xzf)";
    }
    if (prefix.startsWith("\u0089PNG") || prefix.startsWith("\u00ff\u00d8\u00ff")) {
      return name + " is a picture, not a model; is it the right path?";
    }
    if (prefix.startsWith("TFL3", 4)) {
      return name
          + " is a TensorFlow Lite model, which Stoker does not run; give the frozen graph or"
          + " SavedModel that it was converted from";
    }
    String start = prefix.stripLeading().toLowerCase(Locale.ROOT);
    if (start.startsWith("<!doctype html") || start.startsWith("<html")) {
      return name
          + " is an HTML page, not a model: the download gave a login or error page instead";
    }
    return null;
  }

  private static String keras(String what) {
    return what
        + ": Keras files are not supported yet. Export the model as a SavedModel"
        + " (model.export(\"folder\"), before Keras 3 model.save(\"folder\")) and give its folder";
  }

  /** The signature is at the start, or behind a user block of a power of two of 512 or more. */
  private static boolean isHdf5(byte[] bytes) {
    byte[] signature = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    for (long start = 0;
        start + signature.length <= bytes.length;
        start = Math.max(512, 2 * start)) {
      int from = (int) start;
      if (java.util.Arrays.equals(
          bytes, from, from + signature.length, signature, 0, signature.length)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isText(byte[] bytes) {
    String prefix = prefix(bytes);
    return prefix
        .chars()
        .allMatch(letter -> letter >= ' ' || letter == '\n' || letter == '\r' || letter == '\t');
  }

  /** One letter a byte. */
  private static String prefix(byte[] bytes) {
    return new String(bytes, 0, Math.min(bytes.length, PREFIX_BYTES), StandardCharsets.ISO_8859_1);
  }

  private static <T extends MessageLite> T parseBinary(
      String name, byte[] bytes, Parser<T> parser, String kind) throws ModelException {
    try {
      CodedInputStream input = CodedInputStream.newInstance(bytes);
      input.setRecursionLimit(MAX_NESTING);
      T message = parser.parseFrom(input);
      input.checkLastTagWas(0);
      return message;
    } catch (InvalidProtocolBufferException e) {
      throw unreadable(name, kind, e);
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot fail to be read", e);
    }
  }

  private static <B extends Message.Builder> B parseText(String name, byte[] bytes, B builder)
      throws ModelException {
    try {
      TextFormat.getParser().merge(new String(bytes, StandardCharsets.UTF_8), builder);
      return builder;
    } catch (TextFormat.ParseException e) {
      throw unreadable(name, "text-format " + builder.getDescriptorForType().getName(), e);
    }
  }

  private static ModelException unreadable(String name, String kind, IOException cause) {
    String detail = String.valueOf(cause.getMessage());
    String advice =
        detail.contains("ended unexpectedly") || detail.contains("truncated")
            ? "it is cut off; copy or download it again"
            : "it is something else, or damaged. Give a frozen graph (.pb) or a SavedModel's folder";
    return new ModelException(
        name + " does not read as a TensorFlow " + kind + ": " + advice + " (" + detail + ")",
        cause);
  }

  /** Files that a SavedModel needs and that are mere pointers or empty. */
  static List<String> brokenParts(Map<String, byte[]> entries) {
    var problems = new ArrayList<String>();
    new java.util.TreeMap<>(entries)
        .forEach(
            (path, bytes) -> {
              if (path.startsWith("variables/")) {
                String problem = foreign(path, bytes);
                if (problem != null) {
                  problems.add(problem);
                }
              }
            });
    return problems;
  }
}
