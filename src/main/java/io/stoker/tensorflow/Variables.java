package io.stoker.tensorflow;

import java.util.Map;
import org.tensorflow.proto.TensorProto;

/**
 * What a SavedModel's variables and tables hold.
 *
 * @param values by the name of the variable's node
 * @param tables by the name of the table's node
 */
record Variables(Map<String, TensorProto> values, Map<String, Table> tables) {
  /** A model without state. */
  static final Variables NONE = new Variables(Map.of(), Map.of());

  /** A table's entries. */
  record Table(TensorProto keys, TensorProto values) {}
}
