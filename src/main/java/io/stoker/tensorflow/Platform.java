package io.stoker.tensorflow;

import com.sun.jna.NativeLibrary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorflow.proto.GraphDef;

/** What TensorFlow and CUDA are here. */
public final class Platform {
  private static final String NONE = "none found";

  // What TensorFlow 2.18 is built for.
  private static final String CUDA_RUNTIME = "libcudart.so.12";
  private static final String CUDNN = "libcudnn.so.9";

  private static final int CUDA_MAJOR = 1_000;
  private static final int CUDA_MINOR = 10;
  private static final int CUDNN_MAJOR = 10_000;
  private static final int CUDNN_MINOR = 100;

  private Platform() {}

  /** Facts by name: TensorFlow's version, its devices, driver, CUDA and cuDNN. */
  public static Map<String, String> facts() {
    var facts = new LinkedHashMap<String, String>();
    facts.put("TensorFlow", TensorFlowPredictor.version());
    facts.put("devices", devices());
    facts.put(
        "NVIDIA driver",
        CudaDriver.version().map(version -> "for CUDA up to " + cuda(version)).orElse(NONE));
    facts.put("CUDA 12 runtime", library(CUDA_RUNTIME, Platform::cudaRuntime));
    facts.put("cuDNN 9", library(CUDNN, Platform::cudnn));
    return facts;
  }

  /** Those that a session sees: {@code CPU, GPU:0 NVIDIA H100 80GB HBM3}. */
  private static String devices() {
    var options = new DeviceOptions(DeviceOptions.Device.AUTO, 1, "", false);
    try (NativeGraph graph = NativeGraph.of(GraphDef.getDefaultInstance().toByteArray());
        NativeSession session = NativeSession.open(graph, SessionConfig.model(options))) {
      List<NativeSession.Device> all = session.devices();
      return all.stream()
          .map(device -> DeviceName.of(device))
          .distinct()
          .collect(Collectors.joining(", "));
    } catch (TensorFlowException e) {
      return "TensorFlow opens no session: " + e.getMessage();
    }
  }

  private interface Version {
    String of(NativeLibrary library);
  }

  private static String library(String name, Version version) {
    try {
      return version.of(NativeLibrary.getInstance(name));
    } catch (LinkageError | RuntimeException e) {
      return NONE;
    }
  }

  private static String cudaRuntime(NativeLibrary library) {
    var version = new com.sun.jna.ptr.IntByReference();
    library.getFunction("cudaRuntimeGetVersion").invokeInt(new Object[] {version});
    return cuda(version.getValue());
  }

  private static String cudnn(NativeLibrary library) {
    long version = library.getFunction("cudnnGetVersion").invokeLong(new Object[0]);
    return version / CUDNN_MAJOR
        + "."
        + version % CUDNN_MAJOR / CUDNN_MINOR
        + "."
        + version % CUDNN_MINOR;
  }

  private static String cuda(int version) {
    return version / CUDA_MAJOR + "." + version % CUDA_MAJOR / CUDA_MINOR;
  }
}
