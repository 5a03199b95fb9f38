package io.stoker.tensorflow;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteStatus;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GetCode;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_Message;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_NewStatus;

import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.BytePointer;
import org.tensorflow.internal.c_api.TF_Status;

/** Where a native call leaves its error. Reusable; not thread-safe. */
final class NativeStatus implements AutoCloseable {
  private final TF_Status handle;

  NativeStatus() {
    TensorFlowNative.load();
    handle = TF_NewStatus();
  }

  TF_Status handle() {
    return handle;
  }

  /** Throws what the last call left. */
  void check() throws TensorFlowException {
    int code = TF_GetCode(handle);
    if (code != 0) {
      BytePointer message = TF_Message(handle);
      throw new TensorFlowException(
          TensorFlowException.Code.of(code),
          new String(message.getStringBytes(), StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    TF_DeleteStatus(handle);
  }
}
