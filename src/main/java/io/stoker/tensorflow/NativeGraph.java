package io.stoker.tensorflow;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteBuffer;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteGraph;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteImportGraphDefOptions;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GraphGetTensorNumDims;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GraphGetTensorShape;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GraphImportGraphDef;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GraphOperationByName;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_ImportGraphDefOptionsSetDefaultDevice;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewBuffer;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewGraph;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewImportGraphDefOptions;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_OperationNumOutputs;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_OperationOutputType;

import io.stoker.model.DataType;
import io.stoker.model.TensorSpec;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;
import org.tensorflow.internal.c_api.TF_Graph;
import org.tensorflow.internal.c_api.TF_Operation;
import org.tensorflow.internal.c_api.TF_Output;

/**
 * A graph in TensorFlow's memory. Tensors are named {@code node:index}, or {@code node} for index
 * 0.
 *
 * <p>What is imported must have passed the checks of the model's import: native code ends the
 * process on some hostile graphs. May be closed before its sessions, which keep what they need.
 * Thread-safe but for {@link #close}, which no other call may overlap.
 */
final class NativeGraph implements AutoCloseable {
  private @Nullable TF_Graph handle;

  NativeGraph() {
    TensorFlowNative.load();
    handle = TF_NewGraph();
    NativeCounters.GRAPHS.add(1);
  }

  /** A graph of that {@code GraphDef}. */
  static NativeGraph of(byte[] graphDef) throws TensorFlowException {
    return of(graphDef, null);
  }

  /** The same with all nodes on a device, such as {@code /device:GPU:1}, that name none. */
  static NativeGraph of(byte[] graphDef, @Nullable String device) throws TensorFlowException {
    var graph = new NativeGraph();
    try {
      graph.importGraphDef(graphDef, device);
      return graph;
    } catch (TensorFlowException | RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  /**
   * Adds the nodes and functions of a serialized {@code GraphDef}.
   *
   * @throws TensorFlowException if TensorFlow refuses it; nothing was added then
   */
  void importGraphDef(byte[] graphDef) throws TensorFlowException {
    importGraphDef(graphDef, null);
  }

  private void importGraphDef(byte[] graphDef, @Nullable String device) throws TensorFlowException {
    LargeStack.call(
        "import",
        () -> {
          importHere(graphDef, device);
          return true;
        });
  }

  private void importHere(byte[] graphDef, @Nullable String device) throws TensorFlowException {
    var options = TF_NewImportGraphDefOptions();
    if (device != null) {
      TF_ImportGraphDefOptionsSetDefaultDevice(options, device);
    }
    var buffer = TF_NewBuffer();
    try (var bytes = new BytePointer(Math.max(1, graphDef.length));
        var status = new NativeStatus()) {
      bytes.put(graphDef, 0, graphDef.length);
      buffer.data(bytes);
      buffer.length(graphDef.length);
      TF_GraphImportGraphDef(handle(), buffer, options, status.handle());
      status.check();
    } finally {
      TF_DeleteBuffer(buffer);
      TF_DeleteImportGraphDefOptions(options);
    }
  }

  TF_Graph handle() {
    TF_Graph open = handle;
    if (open == null) {
      throw new IllegalStateException("graph used after its close");
    }
    return open;
  }

  /** Whether there is such a tensor. */
  boolean has(String tensor) {
    try (TF_Output output = output(tensor)) {
      return !output.isNull();
    } catch (TensorFlowException e) {
      return false;
    }
  }

  /** The element type of a tensor. */
  DataType type(String tensor) throws TensorFlowException {
    try (TF_Output output = output(tensor)) {
      return DataType.of(TF_OperationOutputType(output));
    }
  }

  /** What the graph knows of a tensor's shape: -1 for an unknown size, null for an unknown rank. */
  @Nullable List<Long> shape(String tensor) throws TensorFlowException {
    try (TF_Output output = output(tensor);
        var status = new NativeStatus()) {
      int rank = TF_GraphGetTensorNumDims(handle(), output, status.handle());
      status.check();
      if (rank < 0) {
        return null;
      }
      long[] sizes = new long[rank];
      TF_GraphGetTensorShape(handle(), output, sizes, rank, status.handle());
      status.check();
      return Arrays.stream(sizes).boxed().toList();
    }
  }

  /** Type and shape of a tensor, under a name for users. */
  TensorSpec spec(String name, String tensor) throws TensorFlowException {
    return new TensorSpec(name, tensor, type(tensor), shape(tensor));
  }

  /** A node, for targets. */
  TF_Operation operation(String node) throws TensorFlowException {
    TF_Operation operation = TF_GraphOperationByName(handle(), node);
    if (operation == null || operation.isNull()) {
      throw new TensorFlowException(
          TensorFlowException.Code.NOT_FOUND, "the graph has no node '" + node + "'");
    }
    return operation;
  }

  private TF_Output output(String tensor) throws TensorFlowException {
    return outputs(List.of(tensor));
  }

  /** An array of tensors, for feeds and fetches; the caller closes it. */
  TF_Output outputs(List<String> tensors) throws TensorFlowException {
    var outputs = new TF_Output(Math.max(1, tensors.size()));
    try {
      for (int i = 0; i < tensors.size(); i++) {
        fill(outputs.position(i), tensors.get(i));
      }
      return outputs.position(0);
    } catch (TensorFlowException | RuntimeException | Error e) {
      outputs.close();
      throw e;
    }
  }

  private void fill(TF_Output output, String tensor) throws TensorFlowException {
    int colon = tensor.lastIndexOf(':');
    TF_Operation operation = operation(colon < 0 ? tensor : tensor.substring(0, colon));
    int index = colon < 0 ? 0 : index(tensor, colon);
    int count = TF_OperationNumOutputs(operation);
    if (index >= count) {
      throw new TensorFlowException(
          TensorFlowException.Code.NOT_FOUND,
          "the graph has no tensor '" + tensor + "': its node has " + count + " outputs");
    }
    output.oper(operation).index(index);
  }

  private static int index(String tensor, int colon) throws TensorFlowException {
    try {
      return Integer.parseUnsignedInt(tensor.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new TensorFlowException(
          TensorFlowException.Code.INVALID_ARGUMENT,
          "'" + tensor + "' names no tensor; expected NODE or NODE:INDEX");
    }
  }

  /** Frees the graph once its last session is closed. Idempotent. */
  @Override
  public void close() {
    if (handle != null) {
      TF_DeleteGraph(handle);
      handle = null;
      NativeCounters.GRAPHS.add(-1);
    }
  }
}
