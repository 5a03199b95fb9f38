/**
 * Measures the pipeline against what a user would write instead, and against what the machine can
 * do: the same regions, the same model, the same decoders, in turns.
 */
@NullMarked
package io.stoker.bench;

import org.jspecify.annotations.NullMarked;
