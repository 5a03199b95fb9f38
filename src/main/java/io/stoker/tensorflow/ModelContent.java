package io.stoker.tensorflow;

import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.SavedModel;

/** What a model file turned out to hold. */
sealed interface ModelContent {
  /** One graph; frozen, if it is to be of use. */
  record Graph(GraphDef graph) implements ModelContent {}

  /** A folder with graphs, signatures, variables and assets. */
  record Saved(SavedModel model) implements ModelContent {}
}
