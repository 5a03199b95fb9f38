package io.stoker.tensorflow;

import io.stoker.model.PredictException;
import java.util.Locale;

/** What a failed run means for what is tried next. */
final class RunError {
  private RunError() {}

  static PredictException of(TensorFlowException error) {
    return new PredictException(kind(error), error.code() + ": " + error.getMessage());
  }

  private static PredictException.Kind kind(TensorFlowException error) {
    return switch (error.code()) {
      case RESOURCE_EXHAUSTED -> PredictException.Kind.OUT_OF_MEMORY;
      // Ops that refuse values, shapes or their own attributes.
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE, UNIMPLEMENTED, NOT_FOUND ->
          PredictException.Kind.MODEL;
      // CUDA's errors come as INTERNAL or UNKNOWN, its lack of memory among them.
      case INTERNAL, UNKNOWN ->
          outOfMemory(error) ? PredictException.Kind.OUT_OF_MEMORY : PredictException.Kind.BROKEN;
      default -> PredictException.Kind.BROKEN;
    };
  }

  private static boolean outOfMemory(TensorFlowException error) {
    String message = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("out of memory") || message.contains("out_of_memory");
  }
}
