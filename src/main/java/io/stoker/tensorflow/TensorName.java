package io.stoker.tensorflow;

/**
 * A graph's name for a value: a node and one of its outputs.
 *
 * @param index 0 is the node's first output
 */
record TensorName(String node, int index) {
  /** From {@code node} or {@code node:index}. */
  static TensorName parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon > 0 && colon + 1 < text.length() && text.length() - colon <= 10) {
      String digits = text.substring(colon + 1);
      if (digits.chars().allMatch(letter -> letter >= '0' && letter <= '9')) {
        return new TensorName(text.substring(0, colon), Integer.parseInt(digits));
      }
    }
    return new TensorName(text, 0);
  }

  /**
   * The node that a node's input comes from: of {@code x}, {@code x:1} and {@code ^x} in a graph,
   * of {@code x:output:0} in a function.
   */
  static String nodeOf(String input) {
    int start = isControl(input) ? 1 : 0;
    int colon = input.indexOf(':');
    return colon < 0 ? input.substring(start) : input.substring(start, colon);
  }

  /** Whether a node's input orders only, without a value. */
  static boolean isControl(String input) {
    return input.startsWith("^");
  }

  /** As users write it: without index where it is the first output. */
  String shortName() {
    return index == 0 ? node : toString();
  }

  @Override
  public String toString() {
    return node + ":" + index;
  }
}
