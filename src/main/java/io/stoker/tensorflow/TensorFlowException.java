package io.stoker.tensorflow;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A status of TensorFlow's that is not OK, with its message, which names the op that failed. */
final class TensorFlowException extends Exception {
  private static final long serialVersionUID = 1;

  private static final Pattern NODE = Pattern.compile("\\{\\{(?:function_)?node ([^}]+)}}");

  private final Code code;

  TensorFlowException(Code code, String message) {
    super(message);
    this.code = code;
  }

  /** What kind of error. */
  Code code() {
    return code;
  }

  /** The op that failed, where the message has one; with functions, the outermost call. */
  Optional<String> op() {
    Matcher matcher = NODE.matcher(String.valueOf(getMessage()));
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** TensorFlow's (and Abseil's) status codes, in the order of their numbers. */
  enum Code {
    OK,
    CANCELLED,
    UNKNOWN,
    INVALID_ARGUMENT,
    DEADLINE_EXCEEDED,
    NOT_FOUND,
    ALREADY_EXISTS,
    PERMISSION_DENIED,
    RESOURCE_EXHAUSTED,
    FAILED_PRECONDITION,
    ABORTED,
    OUT_OF_RANGE,
    UNIMPLEMENTED,
    INTERNAL,
    UNAVAILABLE,
    DATA_LOSS,
    UNAUTHENTICATED;

    private static final Code[] CODES = values();

    static Code of(int number) {
      return number >= 0 && number < CODES.length ? CODES[number] : UNKNOWN;
    }
  }
}
