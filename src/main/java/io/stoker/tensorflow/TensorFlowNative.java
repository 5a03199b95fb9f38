package io.stoker.tensorflow;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TensorFlow's native library, loaded once a process. Whoever calls the C API calls {@link #load}
 * first.
 */
final class TensorFlowNative {
  private static final Logger LOG = LoggerFactory.getLogger(TensorFlowNative.class);

  // One line for every damaged image would break the terminal's progress bar, and what TensorFlow
  // logs as an error comes back as a status too. Who sets the variable gets what it says.
  private static final String LOG_LEVEL = "TF_CPP_MIN_LOG_LEVEL";
  private static final String FATAL_ONLY = "3";

  // XLA compiles for GPUs if a session asks for it, for CPUs only with this besides. TensorFlow
  // reads it at the process's first session, whichever that is, so it is always set; sessions that
  // do not ask are as before.
  private static final String XLA_FLAGS = "TF_XLA_FLAGS";
  private static final String CPU_JIT = "--tf_xla_cpu_global_jit";

  // Kept instead of thrown, so that the second caller is told the reason and not NoClassDefFound.
  private static final @Nullable Throwable FAILURE = tryLoad();

  private TensorFlowNative() {}

  /**
   * Makes sure that the library is there.
   *
   * @throws IllegalStateException if it cannot be loaded; the message says what is missing
   */
  static void load() {
    if (FAILURE != null) {
      throw new IllegalStateException(
          "TensorFlow's native library does not load ("
              + FAILURE
              + "); put javacpp and tensorflow-core-native with this platform's classifier (such as"
              + " linux-x86_64) on the class path, on Spark with --jars",
          FAILURE);
    }
  }

  /**
   * Sets a variable of the process's environment, which TensorFlow's C++ code reads and Java's
   * {@code System.getenv} does not see. Does nothing where it cannot: they only tune.
   */
  static synchronized void setEnvironment(String name, String value, boolean overwrite) {
    try {
      // Not by setenv: it moves the list of variables and frees the old one, which a process that
      // another thread starts at that moment, as Hadoop does for a file's permissions, still reads
      // ("error=14, Bad address"). A list of our own, left behind, is valid for ever.
      Pointer environ = NativeLibrary.getProcess().getGlobalVariableAddress("environ");
      var variables = new ArrayList<Pointer>();
      boolean there = false;
      for (Pointer variable : environ.getPointer(0).getPointerArray(0)) {
        if (variable.getString(0).startsWith(name + "=")) {
          there = true;
        } else {
          variables.add(variable);
        }
      }
      if (there && !overwrite) {
        return;
      }
      String text = name + "=" + value;
      var added = new Pointer(Native.malloc(text.getBytes(UTF_8).length + 1L));
      added.setString(0, text, UTF_8.name());
      variables.add(added);
      var list = new Pointer(Native.malloc((variables.size() + 1L) * Native.POINTER_SIZE));
      list.write(0, variables.toArray(new Pointer[0]), 0, variables.size());
      list.setPointer((long) variables.size() * Native.POINTER_SIZE, null);
      environ.setPointer(0, list);
    } catch (LinkageError | RuntimeException e) {
      LOG.debug("environment variable {} not set", name, e);
    }
  }

  private static @Nullable Throwable tryLoad() {
    // JavaCPP refuses allocations once the whole process, device mappings included, is larger than
    // twice the Java heap. Our budget is another: switch its own off unless someone has set it.
    defaultProperty("org.bytedeco.javacpp.maxBytes");
    defaultProperty("org.bytedeco.javacpp.maxPhysicalBytes");
    // Few lines of TensorFlow's (MLIR's) go straight through an Abseil that nothing can reach.
    // GPUs in the order of nvidia-smi, from which Spark has their addresses.
    setEnvironment("CUDA_DEVICE_ORDER", "PCI_BUS_ID", false);
    setEnvironment(LOG_LEVEL, FATAL_ONLY, false);
    setEnvironment(XLA_FLAGS, xlaFlags(System.getenv().getOrDefault(XLA_FLAGS, "")), true);
    try {
      Loader.load(org.tensorflow.internal.c_api.global.tensorflow.class);
      return null;
    } catch (LinkageError | RuntimeException e) {
      return e;
    }
  }

  /** The flag before the user's, which win; a file's name stays, since TensorFlow takes one too. */
  static String xlaFlags(String users) {
    return users.isBlank() || users.startsWith("-") ? (CPU_JIT + " " + users).strip() : users;
  }

  private static void defaultProperty(String name) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, "0");
    }
  }
}
