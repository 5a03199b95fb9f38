package io.stoker.tensorflow;

import static org.tensorflow.internal.c_api.global.tensorflow.TF_DeleteBuffer;
import static org.tensorflow.internal.c_api.global.tensorflow.TF_GetAllOpList;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.OpList;

/** The ops that this build of TensorFlow has. */
final class RegisteredOps {
  private RegisteredOps() {}

  /** Definitions by name. */
  static Map<String, OpDef> all() {
    TensorFlowNative.load();
    TF_Buffer buffer = TF_GetAllOpList();
    try {
      byte[] bytes = new byte[Math.toIntExact(buffer.length())];
      Address.bytes(buffer.data().address(), bytes.length).get(bytes);
      var ops = new LinkedHashMap<String, OpDef>();
      for (OpDef op : OpList.parseFrom(bytes).getOpList()) {
        ops.put(op.getName(), op);
      }
      return ops;
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("TensorFlow's list of ops does not parse", e);
    } finally {
      TF_DeleteBuffer(buffer);
    }
  }
}
